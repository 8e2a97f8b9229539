// One tip for the whole page: what an element under the pointer or the focus says of itself in data-why.
const STEPS = { ArrowUp: [-1, 0], ArrowDown: [1, 0], ArrowLeft: [0, -1], ArrowRight: [0, 1] };

export function tell() {
  const tip = document.createElement("div");
  Object.assign(tip, { className: "why", id: "why", role: "tooltip", hidden: true });
  document.body.append(tip);
  let owner = null;
  const hide = () => {
    tip.hidden = true;
    owner?.removeAttribute("aria-describedby");
    owner = null;
  };
  const show = ({ target }) => {
    // Over the tip itself it stays, to be read or selected.
    if (tip.contains(target)) return;
    hide();
    owner = target.closest?.("[data-why]");
    if (!owner) return;
    tip.textContent = owner.dataset.why;
    tip.hidden = false;
    owner.setAttribute("aria-describedby", tip.id);
    place(tip, owner.getBoundingClientRect());
  };
  addEventListener("mouseover", show);
  addEventListener("focusin", show);
  addEventListener("focusout", hide);
  addEventListener("scroll", () => owner && place(tip, owner.getBoundingClientRect()), true);
  addEventListener("keydown", ({ key }) => key === "Escape" && hide());
  addEventListener("keydown", step);
}

/** Above it, where there is room: who reads a column goes down, and the tip stays while the pointer is on it. */
function place(tip, box) {
  const left = Math.max(8, Math.min(box.left, innerWidth - tip.offsetWidth - 8));
  const top = box.top > tip.offsetHeight ? box.top - tip.offsetHeight : box.bottom;
  tip.style.transform = `translate(${left}px, ${top}px)`;
}

/** Within a table the arrows go from what tells something to the next that does. */
function step(event) {
  const cell = event.target.closest?.("td, th");
  if (!cell || !(event.key in STEPS) || !event.target.matches("[data-why]")) return;
  const next = nextOf(cell, ...STEPS[event.key]);
  if (!next) return;
  event.preventDefault();
  event.target.tabIndex = -1;
  next.tabIndex = 0;
  next.focus();
}

function nextOf(cell, down, right) {
  const { rows } = cell.closest("table");
  for (
    let row = cell.parentElement.rowIndex + down, column = cell.cellIndex + right;
    rows[row]?.cells[column];
    row += down, column += right
  ) {
    const found = rows[row].cells[column];
    const told = found.matches("[data-why]") ? found : found.querySelector("[data-why]");
    if (told) return told;
  }
  return null;
}
