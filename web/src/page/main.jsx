import "uplot/dist/uPlot.min.css";
import { Component, render } from "preact";
import { useEffect, useLayoutEffect, useState } from "preact/hooks";
import { passedOver } from "./address.js";
import { subscribe } from "./api.js";
import { Flows } from "./flows.jsx";
import { Leaderboard } from "./leaderboard.jsx";
import "./page.css";
import { Link } from "./parts.jsx";
import { ELSEWHERE, SCREENS } from "../places.js";
import { Protocol } from "./protocol.jsx";
import { Status } from "./status.jsx";
import { Treasuries } from "./treasuries.jsx";
import { tell } from "./tell.js";

function useAddress() {
  const here = () => ({ path: location.pathname, search: location.search });
  const [address, setAddress] = useState(here);
  useEffect(() => {
    const moved = () => setAddress(here());
    addEventListener("popstate", moved);
    return () => removeEventListener("popstate", moved);
  }, []);
  return address;
}

const DARK = matchMedia("(prefers-color-scheme: dark)");

function useSystemTheme() {
  const [dark, setDark] = useState(DARK.matches);
  useEffect(() => {
    const changed = () => setDark(DARK.matches);
    DARK.addEventListener("change", changed);
    return () => DARK.removeEventListener("change", changed);
  }, []);
  return dark ? "dark" : "light";
}

function useTheme() {
  const system = useSystemTheme();
  const [chosen, choose] = useState(localStorage.getItem("theme"));
  useLayoutEffect(() => {
    if (!chosen) return;
    document.documentElement.dataset.theme = chosen;
    localStorage.setItem("theme", chosen);
    dispatchEvent(new Event("theme"));
  }, [chosen]);
  return [chosen ?? system, choose];
}

function useLive() {
  const [live, setLive] = useState(null);
  const [connection, setConnection] = useState("connecting");
  useEffect(() => subscribe("Epochs", ({ epochPublished }) => setLive(epochPublished), setConnection), []);
  return [live, connection];
}

function Head({ path, connection, live }) {
  const [theme, setTheme] = useTheme();
  const other = theme === "dark" ? "light" : "dark";
  const current = (to) => (path === to || (to === "/" && path.startsWith("/p/")) ? "page" : undefined);
  return (
    <header class="top">
      <Link to="/" class="logo">
        <img src="/assets/icon.svg" width="26" height="26" alt="" />
        Accrual
      </Link>
      <nav aria-label="Main">
        {SCREENS.map(([to, label]) => (
          <Link to={to} key={to} aria-current={current(to)}>
            {label}
          </Link>
        ))}
        {ELSEWHERE.map(([to, label]) => (
          <a href={to} key={to}>
            {label}
          </a>
        ))}
      </nav>
      <Link to="/status" class={`pill ${connection === "live" ? "ok" : "off"}`}>
        <i aria-hidden="true" />
        {live ? `Epoch ${live.number}` : connection === "live" ? "Live" : "Offline"}
      </Link>
      <button type="button" class="theme" aria-label={`Use the ${other} theme`} onClick={() => setTheme(other)}>
        {theme === "dark" ? "☀" : "☾"}
      </button>
    </header>
  );
}

function Body({ path, search, live, connection }) {
  const slug = path.match(/^\/p\/([^/]+)$/)?.[1];
  if (slug) return <Protocol slug={decodeURIComponent(slug)} search={search} key={slug} />;
  if (path === "/treasuries") return <Treasuries search={search} />;
  if (path === "/flows") return <Flows search={search} />;
  if (path === "/status") return <Status live={live} connection={connection} />;
  return <Leaderboard search={search} />;
}

/** What fails below says so in its place; at another address it is tried anew. */
class Guarded extends Component {
  static getDerivedStateFromError(error) {
    return { error };
  }
  componentDidCatch(error) {
    console.error(error);
  }
  componentDidUpdate({ place }) {
    if (this.state.error && place !== this.props.place) this.setState({ error: null });
  }
  render({ children }, { error }) {
    if (!error) return children;
    return (
      <div class="card failed" role="alert">
        <h1>This screen could not be shown</h1>
        <p>{error.message}</p>
        <Link to="/" class="btn">
          To the leaderboard
        </Link>
      </div>
    );
  }
}

function App() {
  const { path, search } = useAddress();
  const [live, connection] = useLive();
  return (
    <>
      <Head path={path} connection={connection} live={live} />
      <main id="main" tabIndex={-1}>
        {passedOver(search).map((sentence) => (
          <p class="muted" role="status" key={sentence}>
            {sentence}
          </p>
        ))}
        <Guarded place={path + search}>
          <Body path={path} search={search} live={live} connection={connection} />
        </Guarded>
      </main>
      <footer>
        <p>
          <b>no data</b> is not zero: a zero was measured. ≈ is partial or estimated, * provisional. Point at a number for its source and
          method, or go to its table with the Tab key and on with the arrows.
        </p>
        <p>
          Accrual is MIT licensed; the data keeps the terms of its sources. <a href="/llms.txt">llms.txt</a> ·{" "}
          <a href="/assets/licences.txt">Licences of third parties</a>
        </p>
      </footer>
    </>
  );
}

tell();
render(<App />, document.getElementById("app"));
