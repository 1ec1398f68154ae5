// The search box in the header's dialog and on the search page. What searches is loaded when a reader first does.
(() => {
  "use strict";
  const PAGE = 10;
  let engine = null;
  const load = ({ finder, bundles }) => {
    engine = engine || import(new URL(finder, location.href))
      .then(({ start }) => start(new URL(bundles, location.href).href))
      .catch((error) => { engine = null; throw error; });
    return engine;
  };

  // Pagefind marks the words it found with <mark>. Nothing else of its HTML is taken over: text goes in as text.
  const pieces = (markup) => {
    const found = [];
    const walk = (node, inside) => {
      for (const child of node.childNodes) {
        if (child.nodeType === Node.TEXT_NODE) found.push([child.data, inside]);
        else walk(child, inside || child.nodeName === "MARK");
      }
    };
    walk(new DOMParser().parseFromString(markup, "text/html").body, false);
    return found;
  };
  // A mark ends with its word, before the comma.
  const peel = ([text, inside]) => {
    const end = inside ? text.match(/[\p{Po}\p{Pe}\p{Pf}]*$/u)[0] : "";
    return [[text.slice(0, text.length - end.length), inside], [end, false]];
  };
  const bare = (word) => word.toLowerCase().replace(/[^\p{L}\p{N}]/gu, "");
  // The story's own sentence where it has a word that was found; else the place in the text.
  const said = ({ meta, excerpt }) => {
    const place = pieces(excerpt).flatMap(peel);
    const words = new Set(place.filter(([, inside]) => inside).map(([text]) => bare(text)).filter(Boolean));
    const sentence = (meta.summary || "").split(/(\s+)/).map((word) => [word, words.has(bare(word))]).flatMap(peel);
    if (meta.summary && (!words.size || sentence.some(([, inside]) => inside))) return sentence;
    return [["… ", false], ...place, [" …", false]];
  };
  const marked = (target, parts) => {
    for (const [text, inside] of parts) {
      const piece = inside ? document.createElement("mark") : document.createTextNode("");
      piece.textContent = text;
      target.append(piece);
    }
  };

  const setUp = (box, { address }) => {
    const form = box.querySelector("form[role=search]");
    const field = form.elements.q;
    const state = box.querySelector(".gw-search__state");
    const list = box.querySelector(".gw-search__results");
    const more = box.querySelector("[data-gw-more]");
    const selects = [...form.querySelectorAll("select")].filter((one) => one.name !== "sort");
    let turn = 0;
    let found = [];
    let timer = 0;
    let filled = false;

    const fill = ({ filters }) => {
      if (filled) return;
      filled = true;
      const wanted = new URLSearchParams(address ? location.search : "");
      for (const select of selects) {
        for (const value of filters[select.name] || []) select.add(new Option(value, value, false, wanted.get(select.name) === value));
      }
    };
    const add = async (mine) => {
      const next = await Promise.allSettled(found.splice(0, PAGE).map((result) => result.data()));
      if (mine !== turn) return;
      for (const { value } of next) if (value) list.append(item(value));
      more.hidden = !found.length;
    };
    const item = (data) => {
      const entry = document.createElement("li");
      const title = document.createElement("h2");
      const link = document.createElement("a");
      link.href = data.url;
      link.textContent = data.meta.title || data.url;
      title.append(link);
      const text = document.createElement("p");
      marked(text, said(data));
      const meta = document.createElement("div");
      meta.className = "gw-meta";
      meta.textContent = [data.meta.category, data.meta.date].filter(Boolean).join(" · ");
      entry.append(title, text, meta);
      return entry;
    };
    const search = async () => {
      const mine = ++turn;
      const query = field.value.trim();
      const filters = {};
      for (const select of selects) if (select.value) filters[select.name] = select.value;
      if (address) remember(query);
      if (!query && !Object.keys(filters).length) { list.replaceChildren(); state.textContent = ""; more.hidden = true; return; }
      state.textContent = box.dataset.busy;
      try {
        const ready = await load(box.dataset);
        fill(ready);
        const answer = await ready.search(query, filters, form.elements.sort.value || (query ? "" : "desc"));
        if (mine !== turn) return;
        found = answer;
        list.replaceChildren();
        state.textContent = say(found.length, query, ready.narrowed(query));
        await add(mine);
      } catch {
        if (mine === turn) { list.replaceChildren(); more.hidden = true; state.textContent = box.dataset.failed; }
      }
    };
    const say = (count, query, [narrowed]) => {
      const hint = narrowed ? box.dataset.narrowed.replace("%", () => narrowed) : "";
      if (count === 0) return `${box.dataset.none.replace("%", () => query)} ${hint || box.dataset.noneHint}`;
      return `${count === 1 ? box.dataset.one : box.dataset.many.replace("%", count)}${hint && `. ${hint}`}`;
    };
    const remember = () => {
      const now = new URLSearchParams([...new FormData(form)].filter(([, value]) => value));
      history.replaceState(null, "", now.size ? `?${now}` : location.pathname);
    };
    const soon = () => { clearTimeout(timer); timer = setTimeout(search, 250); };

    form.addEventListener("submit", (event) => { event.preventDefault(); clearTimeout(timer); search(); });
    field.addEventListener("input", soon);
    field.addEventListener("focus", () => load(box.dataset).then(fill).catch(() => {}), { once: !address });
    for (const select of form.querySelectorAll("select")) select.addEventListener("change", search);
    more.addEventListener("click", () => add(turn));
    box.hidden = false;
    const start = () => load(box.dataset).then(fill).catch(() => {}).then(search);
    return { field, start };
  };

  // ---- the search page: what was asked stands in the address
  const page = document.querySelector(".gw-main [data-gw-searchbox]");
  if (page) {
    document.querySelector("[data-gw-noscript]").hidden = true;
    const asked = new URLSearchParams(location.search);
    const here = setUp(page, { address: true });
    here.field.value = asked.get("q") || "";
    const sort = page.querySelector("select[name=sort]");
    sort.value = [...sort.options].some((one) => one.value === asked.get("sort")) ? asked.get("sort") : "";
    if ([...asked.keys()].length) here.start();
    here.field.focus();
  }

  // ---- the dialog: `/` or the magnifier
  const dialog = document.querySelector("[data-gw-dialog]");
  const opener = document.querySelector("[data-gw-search]");
  let box = null;
  const open = () => {
    if (page) { page.querySelector("input").focus(); return; }
    box = box || setUp(dialog.querySelector("[data-gw-searchbox]"), { address: false });
    dialog.showModal();
    box.field.focus();
    box.field.select();
  };
  if (!dialog || !dialog.showModal) return;
  opener.addEventListener("click", (event) => {
    if (event.ctrlKey || event.metaKey || event.shiftKey) return;
    event.preventDefault();
    open();
  });
  // In a search field Escape would only clear it; a reader who presses it wants to go back to the page.
  dialog.addEventListener("keydown", (event) => {
    if (event.key === "Escape") { event.preventDefault(); dialog.close(); }
  });
  dialog.addEventListener("click", (event) => { if (event.target === dialog) dialog.close(); });
  document.addEventListener("keydown", (event) => {
    const typing = event.target.closest("input, textarea, select, [contenteditable]");
    if (event.key !== "/" || typing || event.ctrlKey || event.metaKey || event.altKey || dialog.open) return;
    event.preventDefault();
    open();
  });
})();
