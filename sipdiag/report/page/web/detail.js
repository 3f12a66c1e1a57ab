// The conversation that is open: its ladder, and the message that is chosen in it.

const makeDetail = () => {
  const box = document.getElementById("detail");
  const title = box.querySelector("h3");
  const facts = document.getElementById("facts");
  const badges = document.getElementById("badges");
  const drawing = document.getElementById("ladder");
  const side = document.getElementById("side");
  const scaled = document.getElementById("scaled"),
    unfolded = document.getElementById("unfolded");
  let whole = false;
  let row = null,
    told = null,
    drawn = null,
    chosen = 0;

  const choose = (at, { focus = false, scroll = true } = {}) => {
    const rows = drawn.rows;
    if (!rows.length) return;
    chosen = Math.min(Math.max(at, 0), rows.length - 1);
    rows.forEach(({ group }, number) => {
      group.setAttribute("aria-selected", String(number === chosen));
      group.setAttribute("tabindex", number === chosen ? "0" : "-1");
    });
    const selected = rows[chosen];
    side.replaceChildren(selected.stream ? streamOf(told, selected) : messageOf(told, selected));
    side.scrollTop = 0;
    if (focus) selected.group.focus({ preventScroll: true });
    if (scroll) selected.group.querySelector(".hit").scrollIntoView({ block: "nearest", inline: "nearest" });
  };

  const draw = () => {
    const selected = drawn?.rows[chosen];
    drawn = drawnLadder(told, {
      most: whole ? Infinity : MOST_ROWS,
      scaled: scaled.checked,
      unfolded: unfolded.checked,
      width: drawing.clientWidth - 2,
      label: say("ladder_of", { name: title.textContent }),
    });
    drawn.rows.forEach(({ group }, at) =>
      group.addEventListener("click", () => choose(at, { focus: true, scroll: false })),
    );
    drawing.replaceChildren(el("div", { class: "heads" }, drawn.names), drawn.body);
    if (drawn.more) {
      const all = el(
        "button",
        {
          type: "button",
          class: "quiet",
          onclick: () => {
            whole = true;
            draw();
          },
        },
        say("draw_all", { count: count(drawn.more) }),
      );
      drawing.append(el("p", {}, all));
    }
    const again = selected
      ? drawn.rows.findIndex((each) => each.frame === selected.frame && each.index === selected.index)
      : 0;
    choose(again < 0 ? 0 : again, { scroll: false });
  };

  const keyed = (event) => {
    const step = { ArrowDown: 1, ArrowUp: -1 }[event.key];
    const at = step ? chosen + step : event.key === "Home" ? 0 : event.key === "End" ? drawn.rows.length - 1 : null;
    if (at === null) return;
    event.preventDefault();
    choose(at, { focus: true });
  };

  const factsOf = () => {
    const lines = [
      [
        words.state,
        `${words[row.state] ?? row.state}${row.code ? ` ${row.code}` : ""}${row.ended ? `, ${words[`ended_by_${row.ended}`]}` : ""}`,
      ],
      [words.start, `${day(row.start)} ${clock(row.start)} UTC`],
    ];
    if (row.setup !== null) lines.push([words.setup, span(row.setup)]);
    if (row.duration !== null) lines.push([words.duration, span(row.duration)]);
    lines.push(["Call-ID", row.ids.join(", ")]);
    return lines.map(([name, value]) => el("div", {}, el("dt", {}, name), el("dd", {}, value)));
  };

  const shown = async (next, wanted) => {
    row = next;
    const name = `${words[row.kind]} ${row.number}`;
    title.textContent = `${name}: ${plain(row.from)} → ${plain(row.to)}`;
    facts.replaceChildren(...factsOf());
    badges.replaceChildren(...row.findings.slice(0, 12).map(findingLink));
    box.hidden = false;
    box.dataset.drawn = String(document.getElementById(row.key) !== null);
    for (const [id, step] of [
      ["earlier", -1],
      ["later", 1],
    ])
      document.getElementById(id).disabled = !table.beside(row, step);
    table.mark(row);
    if (row.chunk === null) {
      told = drawn = null;
      drawing.replaceChildren(el("p", { class: "warn" }, say("not_embedded", { name: row.ids[0] ?? "" })));
      side.replaceChildren();
      return;
    }
    const asked = row;
    const conversation = (await chunk(row.chunk))[row.at];
    if (asked !== row) return; // another one was opened in the meantime
    told = conversation;
    drawn = null;
    // A frame far down is drawn too, and all before it.
    whole = Boolean(wanted) && rowsOf(told, false).findIndex((each) => holds(each, wanted)) >= MOST_ROWS;
    if (told.legs) facts.append(el("div", {}, el("dd", {}, told.legs)));
    draw();
    const at = wanted ? drawn.rows.findIndex((each) => holds(each, wanted)) : telling(drawn.rows);
    choose(Math.max(at, 0), { scroll: Boolean(wanted) });
  };

  drawing.addEventListener("keydown", (event) => {
    if (drawn) keyed(event);
  });
  for (const option of [scaled, unfolded])
    option.addEventListener("change", () => {
      if (drawn) draw();
    });
  for (const [id, step] of [
    ["earlier", -1],
    ["later", 1],
  ]) {
    document.getElementById(id).addEventListener("click", () => {
      const next = table.beside(row, step);
      if (next) go(next);
    });
  }
  let width = 0;
  new ResizeObserver(() => {
    if (drawn && Math.abs(drawing.clientWidth - width) > 8) draw();
    width = drawing.clientWidth;
  }).observe(drawing);

  return { shown };
};

const detail = table ? makeDetail() : null;
