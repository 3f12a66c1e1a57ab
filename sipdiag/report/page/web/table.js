// What the messages of each conversation say, in small letters; read when a search first asks for it.
const sayings = new Map();

const readMessages = async (rows) => {
  const chunked = new Map();
  for (const row of rows) {
    if (row.chunk !== null) chunked.set(row.chunk, [...(chunked.get(row.chunk) ?? []), row]);
  }
  for (const [number, held] of chunked) {
    const told = await unpacked(document.getElementById(`chunk-${number}`));
    for (const row of held) {
      const messages = told[row.at].arrows.flatMap(({ head, body }) => (body ? [head, body] : [head]));
      sayings.set(row, [row.from, row.to, ...row.ids, ...messages].join("\n").toLowerCase());
    }
  }
};

// The table of conversations: sorted, searched and filtered; only the rows in sight are made.

const HEIGHT = 27,
  AROUND = 12,
  MOST_PRINTED = 1000;

const NONE = -1;
const rank = (row) => (row.findings.length ? SEVERITIES.indexOf(severity(row.findings)) : SEVERITIES.length);
const ORDER = {
  number: (row) => row.number,
  start: (row) => row.start,
  state: (row) => words[row.state],
  code: (row) => row.code ?? NONE,
  from: (row) => plain(row.from),
  to: (row) => plain(row.to),
  setup: (row) => row.setup ?? NONE,
  duration: (row) => row.duration ?? NONE,
  mos: (row) => row.mos ?? 9,
  findings: (row) => -rank(row) * 1e6 + row.findings.length,
};

const plain = (uri) => uri.replace(/^sips?:/i, "");

const makeTable = () => {
  const box = document.getElementById("table");
  const body = box.querySelector("tbody");
  const form = document.getElementById("filters");
  const told = document.getElementById("shown");
  const columns = new Set([...box.querySelectorAll("th")].map((th) => th.dataset.by));
  let all = [],
    shown = [],
    active = 0,
    open = null,
    sort = { by: "start", down: false },
    whole = false;
  let choose = () => {};
  let dated = false; // where a capture goes on for more than a day

  const searched = (row, deep) => {
    if (deep && sayings.has(row)) return sayings.get(row);
    row.text ??= [row.from, row.to, ...row.ids, row.key, `${words[row.kind]} ${row.number}`].join("\n").toLowerCase();
    return row.text;
  };

  const wanted = () => {
    const { search, kind, state, code, finding, deep } = Object.fromEntries(new FormData(form));
    const parts = search.toLowerCase().split(/\s+/).filter(Boolean);
    return (row) =>
      (!kind || row.kind === kind) &&
      (!state || row.state === state) &&
      (!code || String(row.code ?? "").startsWith(code.replace(/x+$/, ""))) &&
      (!finding || row.findings.some((number) => finding === "any" || words.rules[number - 1] === finding)) &&
      parts.every((part) => searched(row, deep).includes(part));
  };

  const cell = (name, ...children) => el("td", { class: name }, ...children);

  const rowFor = (row, at) => {
    const opener = el(
      "button",
      {
        type: "button",
        tabindex: at === active ? "0" : "-1",
        "aria-label": `${words[`kind_${row.kind}`]} ${row.number}, ${say("open")}`,
      },
      `${words[`kind_${row.kind}`]} ${row.number}`,
    );
    const tr = el(
      "tr",
      { "aria-rowindex": at + 2, class: row === open ? "open" : null, "aria-selected": null },
      cell("number", opener),
      cell("start", dated ? `${day(row.start).slice(5)} ${clock(row.start)}` : clock(row.start)),
      cell(`state ${row.state}`, words[row.state] ?? row.state),
      cell(`code c${Math.floor((row.code ?? 0) / 100)}`, row.code ?? ""),
      cell("from", plain(row.from)),
      cell("to", plain(row.to)),
      cell("setup", row.setup === null ? "" : span(row.setup)),
      cell("duration", row.duration === null ? "" : span(row.duration)),
      columns.has("mos") ? cell("mos", row.mos === null ? "" : row.mos.toFixed(1)) : null,
      cell(
        "findings",
        ...row.findings
          .slice(0, 4)
          .map((number) =>
            el("span", { class: `badge ${severities[number - 1]}`, title: words.rules[number - 1] }, String(number)),
          ),
        row.findings.length > 4 ? ` +${row.findings.length - 4}` : null,
      ),
    );
    tr.querySelectorAll(".from, .to").forEach((td) => {
      td.title = td.textContent;
    });
    tr.dataset.at = at;
    return tr;
  };

  const gap = (rows) => {
    const td = el("td", { colspan: columns.size });
    td.style.height = `${rows * HEIGHT}px`;
    return el("tr", { class: "gap", "aria-hidden": "true" }, td);
  };

  const render = () => {
    const begin = whole ? 0 : Math.max(0, Math.floor(box.scrollTop / HEIGHT) - AROUND);
    const end = whole
      ? Math.min(shown.length, MOST_PRINTED)
      : Math.min(shown.length, begin + Math.ceil(box.clientHeight / HEIGHT) + 2 * AROUND);
    const focused = body.contains(document.activeElement);
    const rows = shown.slice(begin, end).map((row, at) => rowFor(row, begin + at));
    body.replaceChildren(
      ...(begin ? [gap(begin)] : []),
      ...rows,
      ...(end < shown.length && !whole ? [gap(shown.length - end)] : []),
    );
    if (focused) (body.querySelector(`tr[data-at="${active}"] button`) ?? box).focus({ preventScroll: true });
  };

  const into = (at) => {
    active = Math.min(Math.max(at, 0), shown.length - 1);
    const top = active * HEIGHT,
      room = box.clientHeight - HEIGHT - 4;
    if (top < box.scrollTop) box.scrollTop = top;
    else if (top > box.scrollTop + room - HEIGHT) box.scrollTop = top - room + HEIGHT;
    render();
  };

  let asked = 0;
  const update = async () => {
    const turn = (asked += 1);
    if (form.elements.deep.checked && form.elements.search.value.trim() && !sayings.size) {
      told.textContent = say("reading_messages");
      await readMessages(all);
      if (turn !== asked) return; // something else was asked for in the meantime
    }
    const value = ORDER[sort.by],
      way = sort.down ? -1 : 1;
    shown = all.filter(wanted());
    shown.sort((one, other) => {
      const a = value(one),
        b = value(other);
      return (a < b ? -way : a > b ? way : 0) || one.start - other.start;
    });
    active = 0;
    box.scrollTop = 0;
    box.querySelector("table").setAttribute("aria-rowcount", shown.length + 1);
    told.textContent = say("shown_of", { shown: count(shown.length), all: count(all.length) });
    document.getElementById("nothing").hidden = shown.length > 0;
    render();
  };

  const sorted = (by) => {
    sort = { by, down: sort.by === by ? !sort.down : by === "findings" };
    box.querySelectorAll("th").forEach((th) => {
      if (th.dataset.by === by) th.setAttribute("aria-sort", sort.down ? "descending" : "ascending");
      else th.removeAttribute("aria-sort");
    });
    update();
  };

  const moves = { ArrowDown: 1, ArrowUp: -1, PageDown: 12, PageUp: -12 };
  const keyed = (event) => {
    const at =
      event.key in moves
        ? active + moves[event.key]
        : event.key === "Home"
          ? 0
          : event.key === "End"
            ? shown.length - 1
            : null;
    if (at === null || !(event.target === box || body.contains(event.target))) return;
    event.preventDefault();
    into(at);
    body.querySelector(`tr[data-at="${active}"] button`)?.focus({ preventScroll: true });
  };

  const printed = (on) => {
    whole = on;
    document.getElementById("printed").hidden = !(on && shown.length > MOST_PRINTED);
    render();
  };

  return {
    begin(rows, opened) {
      all = rows;
      dated = day(rows[0].start) !== day(rows[rows.length - 1].start);
      box.classList.toggle("dated", dated);
      choose = opened;
      let waiting = 0;
      form.addEventListener("input", () => {
        clearTimeout(waiting);
        waiting = setTimeout(update, 60);
      });
      form.addEventListener("submit", (event) => event.preventDefault());
      form.addEventListener("reset", () => setTimeout(update));
      box.addEventListener("scroll", () => requestAnimationFrame(render), { passive: true });
      box.addEventListener("keydown", keyed);
      box
        .querySelectorAll("th button")
        .forEach((button) => button.addEventListener("click", () => sorted(button.closest("th").dataset.by)));
      body.addEventListener("click", (event) => {
        const at = event.target.closest("tr")?.dataset.at;
        if (at !== undefined) {
          active = Number(at);
          choose(shown[active]);
        }
      });
      body.addEventListener("focusin", (event) => {
        active = Number(event.target.closest("tr").dataset.at);
      });
      addEventListener("beforeprint", () => printed(true));
      addEventListener("afterprint", () => printed(false));
      addEventListener("resize", () => requestAnimationFrame(render));
      return update();
    },
    mark(row) {
      open = row;
      const at = shown.indexOf(row);
      if (at >= 0) into(at);
      else render();
    },
    beside(row, step) {
      return shown[shown.indexOf(row) + step];
    },
    filter(values) {
      form.reset();
      for (const [name, value] of Object.entries(values)) form.elements[name].value = value;
      update();
      document.getElementById("calls").scrollIntoView();
      form.elements.search.focus({ preventScroll: true });
    },
  };
};

// A capture without SIP has no table.
const table = document.getElementById("table") ? makeTable() : null;
