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
  document
    .getElementById("entry-text")
    .replaceChildren(
      ...copy.querySelector("summary").childNodes,
      ...[...copy.childNodes].filter((node) => node.nodeName !== "SUMMARY"),
    );
  dialog.showModal();
  dialog.scrollTop = 0;
};

// A finding, unfolded; of many that are alike only the first are told, and the others lead to the first of all.
const found = (number) => {
  const alike = [
    number,
    ...words.rules.map((_, at) => at + 1).filter((other) => words.rules[other - 1] === words.rules[number - 1]),
  ];
  const told = alike.map((each) => document.getElementById(`finding-${each}`)).find(Boolean);
  for (let node = told; node; node = node.parentElement) {
    if (node.nodeName === "DETAILS") node.open = true;
  }
  told?.scrollIntoView();
  document.querySelector(".finding.aimed")?.classList.remove("aimed");
  told?.closest(".finding")?.classList.add("aimed");
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
    event.preventDefault();
    found(Number(link.hash.slice("#finding-".length)));
  } else if (/^#(call|registration|subscription|other)-\d/.test(link.hash)) {
    event.preventDefault();
    aimed(link.hash);
  }
};

const themed = () => {
  const dark =
    document.documentElement.dataset.theme ?? (matchMedia("(prefers-color-scheme: dark)").matches ? "dark" : "light");
  document.documentElement.dataset.theme = dark === "dark" ? "light" : "dark";
};

const begin = async () => {
  document.documentElement.classList.add("script");
  document.getElementById("theme").addEventListener("click", themed);
  document.addEventListener("click", clicked);
  dialog.addEventListener("click", (event) => {
    if (event.target === dialog) dialog.close();
  });
  addEventListener("hashchange", () => aimed(location.hash));
  document.addEventListener("keydown", (event) => {
    if (event.key === "/" && !/^(INPUT|SELECT|TEXTAREA)$/.test(document.activeElement.tagName)) {
      event.preventDefault();
      document.getElementById("filters").elements.search.focus();
    }
  });
  try {
    rows = (await unpacked(document.getElementById("rows"))).map(named);
    if (rows.length) {
      await table.begin(rows, (row) => go(row));
      if (!(await aimed(location.hash)))
        await detail.shown(rows.reduce((one, other) => (rank(other) < rank(one) ? other : one)));
    }
  } catch (error) {
    if (typeof DecompressionStream !== "undefined") throw error;
    document.getElementById("unpackable").hidden = false;
  }
  document.documentElement.dataset.ready = "";
};

begin();
