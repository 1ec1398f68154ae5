// Before the first paint: the reader's own choice of light or dark, if there is one.
(() => {
  const root = document.documentElement;
  root.classList.replace("no-js", "js");
  try {
    const chosen = localStorage.getItem("groundwire.scheme");
    if (chosen === "light" || chosen === "dark") root.dataset.scheme = chosen;
  } catch { /* storage is closed to us: the system's choice stands */ }
})();
