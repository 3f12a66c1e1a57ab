// Everything put together: the table, the open conversation, links within the page, and the colours.

let rows = [];

// An anchor names a conversation, and a frame in it: `call-3`, `call-3.12`, of a second capture `call-3.2-12`.
const go = (row, spot) => {
  history.replaceState(null, "", `#${row.key}${spot ? `.${spot}` : ""}`);
  return detail.shown(row, spot);
};

const aimed = async (hash) => {
  const [, key, spot] = /^#?((?:call|registration|subscription|other)-\d+)(?:\.((?:\d+-)?\d+))?$/.exec(hash) ?? [];
  const row = key && rows.find((each) => each.key === key);
  if (!row) return false;
  await go(row, spot);
  document.getElementById("detail").scrollIntoView();
  return true;
};

const dialog = document.getElementById("entry");

const explained = (anchor) => {
  const entry = document.getElementById(anchor);
  if (!entry) return;
  const copy = entry.cloneNode(true);
  copy.removeAttribute("id");
  const title = copy.querySelector("h3");
  title.id = "entry-title";
  document.getElementById("entry-text").replaceChildren(...copy.querySelector("summary").childNodes, ...[...copy.childNodes].filter((node) => node.nodeName !== "SUMMARY"));
  dialog.showModal();
  dialog.scrollTop = 0;
};

const clicked = (event) => {
  const link = event.target.closest("a[href^='#'], [data-filter]");
  if (!link || event.ctrlKey || event.metaKey || event.shiftKey) return;
  if (link.dataset.filter) {
    event.preventDefault();
    table.filter(JSON.parse(link.dataset.filter));
  } else if (link.hash.startsWith("#entry-")) {
    event.preventDefault();
    explained(link.hash.slice(1));
  } else if (link.hash.startsWith("#finding-")) {
    for (let node = document.getElementById(link.hash.slice(1)); node; node = node.parentElement) {
      if (node.nodeName === "DETAILS") node.open = true;
    }
  } else if (/^#(call|registration|subscription|other)-\d/.test(link.hash)) {
    event.preventDefault();
    aimed(link.hash);
  }
};

const themed = () => {
  const dark = document.documentElement.dataset.theme ?? (matchMedia("(prefers-color-scheme: dark)").matches ? "dark" : "light");
  document.documentElement.dataset.theme = dark === "dark" ? "light" : "dark";
};

const begin = async () => {
  document.documentElement.classList.add("script");
  document.getElementById("theme").addEventListener("click", themed);
  document.addEventListener("click", clicked);
  dialog.addEventListener("click", (event) => { if (event.target === dialog) dialog.close(); });
  addEventListener("hashchange", () => aimed(location.hash));
  document.addEventListener("keydown", (event) => {
    if (event.key === "/" && !/^(INPUT|SELECT|TEXTAREA)$/.test(document.activeElement.tagName)) {
      event.preventDefault();
      document.getElementById("filters").elements.search.focus();
    }
  });
  try {
    rows = (await unpacked(document.getElementById("rows"))).map(named);
  } catch {
    document.getElementById("unpackable").hidden = false;
    return;
  }
  if (!rows.length) return;
  table.begin(rows, (row) => go(row));
  if (!(await aimed(location.hash))) {
    const worst = rows.reduce((one, other) => (rank(other) < rank(one) ? other : one), rows[0]);
    await detail.shown(rank(worst) < SEVERITIES.length ? worst : rows[0]);
  }
  document.documentElement.dataset.ready = "";
};

begin();
