// One tip for the whole page: what an element under the pointer or the focus says of itself in data-why.
export function explain() {
  const tip = document.createElement("div");
  tip.className = "why";
  tip.setAttribute("aria-hidden", "true"); // the elements that take focus say the same in their labels
  tip.hidden = true;
  document.body.append(tip);
  const hide = () => (tip.hidden = true);
  const show = ({ target }) => {
    const owner = target.closest?.("[data-why]");
    if (!owner) return hide();
    tip.textContent = owner.dataset.why;
    tip.hidden = false;
    const box = owner.getBoundingClientRect();
    const left = Math.max(8, Math.min(box.left, innerWidth - tip.offsetWidth - 8));
    const above = box.bottom + tip.offsetHeight + 12 > innerHeight;
    tip.style.transform = `translate(${left}px, ${above ? box.top - tip.offsetHeight - 8 : box.bottom + 8}px)`;
  };
  addEventListener("mouseover", show);
  addEventListener("focusin", show);
  addEventListener("scroll", hide, true);
  addEventListener("keydown", ({ key }) => key === "Escape" && hide());
}
