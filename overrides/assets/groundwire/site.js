// Light and dark, evidence in place, what is new since the last visit. Without this script the page is complete.
(() => {
  "use strict";
  const root = document.documentElement;
  const store = {
    get(key) { try { return localStorage.getItem(`groundwire.${key}`); } catch { return null; } },
    set(key, value) { try { value ? localStorage.setItem(`groundwire.${key}`, value) : localStorage.removeItem(`groundwire.${key}`); } catch { /* not kept */ } },
  };
  const make = (name, className, text) => {
    const node = document.createElement(name);
    if (className) node.className = className;
    if (text) node.textContent = text;
    return node;
  };

  // ---- light, dark, as the system: one button goes round
  const button = document.querySelector("[data-gw-scheme]");
  if (button) {
    const order = ["auto", "dark", "light"];
    const now = () => root.dataset.scheme || "auto";
    const say = () => {
      const text = button.dataset.label.replace("%", button.dataset[now()]);
      button.setAttribute("aria-label", text);
      button.title = text;
    };
    button.addEventListener("click", () => {
      const next = order[(order.indexOf(now()) + 1) % order.length];
      if (next === "auto") delete root.dataset.scheme; else root.dataset.scheme = next;
      store.set("scheme", next === "auto" ? "" : next);
      say();
    });
    say();
    button.hidden = false;
  }

  // ---- evidence: a footnote opens beside its sentence, by hover, focus, tap or Enter
  const body = document.querySelector("[data-gw-body]");
  let open = null;
  let timer = 0;
  const close = (focus) => {
    clearTimeout(timer);
    if (!open) return;
    const { box, link } = open;
    open = null;
    if (focus) link.focus({ preventScroll: true });
    box.remove();
    link.removeAttribute("aria-expanded");
    link.removeAttribute("aria-describedby");
    if (focus) ignoreFocus = false;
  };
  let ignoreFocus = false;
  const show = (link, pinned) => {
    clearTimeout(timer);
    if (open && open.link === link) { open.pinned = open.pinned || pinned; return; }
    close(false);
    const note = document.getElementById(decodeURIComponent(link.hash.slice(1)));
    if (!note) return;
    const box = make("span", "gw-evidence");
    box.id = "gw-evidence";
    box.setAttribute("role", "note");
    const label = make("span", "gw-evidence__label");
    label.append(make("span", "", `${body.dataset.evidence} ${link.textContent}`));
    const shut = make("button", "", "×");
    shut.type = "button";
    shut.setAttribute("aria-label", body.dataset.close);
    shut.addEventListener("click", () => { ignoreFocus = true; close(true); });
    label.append(shut);
    box.append(label);
    for (const part of note.querySelectorAll("p")) {
      // Where the sentence is itself the quotation, its note has nothing but the source.
      if (part.firstChild.nodeName === "A") box.append(`${body.dataset.verbatim} `);
      for (const child of part.childNodes) {
        if (!(child.classList && child.classList.contains("footnote-backref"))) box.append(child.cloneNode(true));
      }
    }
    link.closest("sup").after(box);
    link.setAttribute("aria-expanded", "true");
    link.setAttribute("aria-describedby", box.id);
    place(box, link);
    box.addEventListener("mouseenter", () => clearTimeout(timer));
    box.addEventListener("mouseleave", later);
    open = { box, link, pinned };
  };
  const place = (box, link) => {
    const frame = body.getBoundingClientRect();
    const mark = link.getBoundingClientRect();
    const left = Math.max(0, Math.min(mark.left - frame.left - 24, frame.width - box.offsetWidth));
    const below = mark.bottom - frame.top + 6;
    const above = mark.top - frame.top - box.offsetHeight - 6;
    const room = innerHeight - mark.bottom > box.offsetHeight + 16 || mark.top < box.offsetHeight + 16;
    box.style.left = `${left}px`;
    box.style.top = `${room ? below : above}px`;
  };
  const later = () => {
    clearTimeout(timer);
    timer = setTimeout(() => { if (open && !open.pinned && !open.box.contains(document.activeElement)) close(false); }, 250);
  };
  if (body) {
    for (const link of body.querySelectorAll(".footnote-ref")) {
      link.setAttribute("aria-label", `${body.dataset.evidence} ${link.textContent}`);
      link.addEventListener("mouseenter", () => { if (matchMedia("(hover: hover)").matches) { clearTimeout(timer); timer = setTimeout(() => show(link, false), 120); } });
      link.addEventListener("mouseleave", later);
      link.addEventListener("focus", () => { if (!ignoreFocus && link.matches(":focus-visible")) show(link, false); ignoreFocus = false; });
      link.addEventListener("click", (event) => {
        event.preventDefault();
        if (open && open.link === link && open.pinned) close(false); else show(link, true);
      });
    }
    document.addEventListener("keydown", (event) => { if (event.key === "Escape" && open) { ignoreFocus = true; close(true); } });
    document.addEventListener("click", (event) => { if (open && !open.box.contains(event.target) && !event.target.closest(".footnote-ref")) close(false); });
    document.addEventListener("focusin", (event) => { if (open && !open.box.contains(event.target) && event.target !== open.link) close(false); });
    addEventListener("resize", () => { if (open) place(open.box, open.link); });
  }

  // ---- new since the last visit: a mark in this browser only
  const cards = [...document.querySelectorAll("[data-gw-marks] [data-gw-time]")];
  if (cards.length) {
    const last = store.get("seen");
    const newest = cards.map((card) => card.dataset.gwTime).sort().at(-1);
    const label = document.querySelector("[data-gw-marks]").dataset.gwMarks;
    for (const card of cards) {
      if (last && card.dataset.gwTime > last) card.querySelector(".gw-meta").prepend(make("span", "gw-new", label), make("span", "gw-dot"));
    }
    if (!last || newest > last) store.set("seen", newest);
  }
})();
