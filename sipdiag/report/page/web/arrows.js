// How lanes, arrows, streams and the numbers of findings are drawn.

const drawnLanes = (told, lanes, { height, pauses }) => {
  const lines = [];
  for (const x of lanes.x) {
    let from = 0;
    for (const pause of pauses) {
      lines.push(svg("line", { class: "lane", x1: x, x2: x, y1: from, y2: pause.from }));
      lines.push(svg("line", { class: "lane pause", x1: x, x2: x, y1: pause.from + 3, y2: pause.to - 1 }));
      from = pause.to;
    }
    lines.push(svg("line", { class: "lane", x1: x, x2: x, y1: from, y2: height }));
  }
  for (const pause of pauses) {
    lines.push(svg("text", { class: "place", x: GUTTER - 8, y: pause.from + 14 }, `+ ${span(pause.time)}`));
  }
  return lines;
};

const tip = (x, y, direction) => svg("path", { class: "tip", d: `M${x} ${y}l${-8 * direction} -4v8z` });
const shaft = (x1, x2, y, again = false) =>
  svg("path", { class: again ? "arrow again" : "arrow", d: `M${x1} ${y}H${x2 - 6 * (x2 > x1 ? 1 : -1)}` });

const drawnArrow = (row, lanes, { scaled, unfolded }) => {
  const { arrow } = row;
  const [from, to] = arrow.lanes;
  const x1 = lanes.x[from],
    x2 = lanes.x[to];
  if (from === to) {
    return [
      svg("path", { class: "arrow", d: `M${x1} ${row.y - 6}h18v8h-12` }),
      tip(x1 + 1, row.y + 2, -1),
      scaled ? "" : svg("text", { class: "label side", x: x1 + 26, y: row.y + 1 }, fits(arrow.label, 200)),
    ];
  }
  const direction = to > from ? 1 : -1;
  const middle = (x1 + x2) / 2,
    width = Math.abs(x2 - x1);
  const parts = [shaft(x1, x2, row.y, row.again), tip(x2, row.y, direction)];
  if (!scaled)
    parts.push(
      svg(
        "text",
        { class: "label", x: middle, y: row.y - 5 },
        fits(row.again ? `↻ ${arrow.label}` : arrow.label, width - 22),
      ),
    );
  if (unfolded || !arrow.repeats) return parts;
  if (scaled) {
    for (const [, at] of arrow.repeats) {
      const y = row.y + ((at - arrow.at) / 1e6) * row.perSecond;
      parts.push(shaft(x1, x2, y, true), tip(x2, y, direction));
    }
  } else {
    const text = `↻ ${arrow.repeats.length}×, ${span(arrow.repeats[arrow.repeats.length - 1][1] - arrow.at)}`;
    parts.push(svg("text", { class: "fold", x: middle, y: row.y + 13 }, fits(text, width - 12)));
  }
  return parts;
};

// When packets came, in seconds since the first: the steps of the timeline that are not empty, joined.
const heard = (stream) => {
  const spans = [],
    step = stream.step / 1000,
    before = stream.before / 1000,
    whole = (stream.until - stream.at) / 1e6;
  let last = -2;
  stream.timelines[0][1].forEach((packets, at) => {
    if (!packets) return;
    const begin = Math.max(at * step - before, 0),
      end = Math.min((at + 1) * step - before, Math.max(whole, begin));
    if (last === at - 1) spans.at(-1)[1] = end;
    else spans.push([begin, end]);
    last = at;
  });
  return spans;
};

// A thick line; to scale also how long it lasted, as a band between its lanes.
const drawnStream = (row, lanes, { scaled }) => {
  const { stream } = row;
  const [from, to] = stream.lanes;
  const x1 = lanes.x[from],
    x2 = from === to ? x1 + 40 : lanes.x[to];
  const direction = x2 > x1 ? 1 : -1;
  const left = Math.min(x1, x2),
    width = Math.abs(x2 - x1);
  const line = [
    svg("path", { class: "arrow", d: `M${x1 + 3 * direction} ${row.y}H${x2 - 9 * direction}` }),
    svg("path", { class: "tip", d: `M${x2 - direction} ${row.y}l${-11 * direction} -6v12z` }),
  ];
  if (!scaled)
    return [
      ...line,
      svg("text", { class: "label", x: left + width / 2, y: row.y - 6 }, fits(stream.label, width - 16, 6)),
    ];
  const x = direction > 0 ? x1 + 2 : x1 - 9;
  return [
    ...heard(stream).map(([begin, end]) =>
      svg("rect", {
        class: "band",
        x,
        y: row.y + begin * row.perSecond,
        width: 7,
        height: Math.max((end - begin) * row.perSecond, 2),
      }),
    ),
    ...line,
  ];
};

const marked = (numbers, x, y) => {
  const drawn = numbers
    .slice(0, 2)
    .map((number, at) =>
      svg(
        "g",
        {},
        svg("circle", { class: `badge ${severities[number - 1]}`, cx: x + at * 21, cy: y, r: 8.5 }),
        svg("text", { class: "number", x: x + at * 21, y: y + 3.5 }, String(number)),
      ),
    );
  if (numbers.length > 2) drawn.push(svg("text", { class: "place", x: x + 50, y: y + 4 }, `+${numbers.length - 2}`));
  return drawn;
};

const describedRow = (row, told) => {
  const { arrow, stream } = row;
  if (stream) {
    return [
      `${words.frame} ${row.frame}`,
      `${(row.at / 1e6).toFixed(3)} s`,
      stream.label,
      `${told.lanes[stream.lanes[0]]} → ${told.lanes[stream.lanes[1]]}`,
    ].join(", ");
  }
  const parts = [
    `${words.frame} ${row.frame}`,
    `${(row.at / 1e6).toFixed(3)} s`,
    `${arrow.label}, ${told.lanes[arrow.lanes[0]]} → ${told.lanes[arrow.lanes[1]]}`,
  ];
  if (arrow.repeats && !row.again) parts.push(say("repeated", { count: arrow.repeats.length }));
  if (arrow.findings) parts.push(`${words.findings} ${arrow.findings.join(", ")}`);
  return parts.join(", ");
};

const drawnRow = (row, lanes, told, options) => {
  const again = row.again || undefined;
  const kind = row.stream ? "stream" : CLASSES[row.arrow.class];
  const fold = !options.unfolded && row.arrow?.repeats ? FOLD : 0;
  const y = options.scaled ? row.label - 11 : row.y - ROW + 7;
  const height = options.scaled ? 15 : ROW + fold;
  const findings = (row.arrow ?? row.stream).findings ?? [];
  const group = svg("g", {
    role: "option",
    "aria-selected": "false",
    tabindex: "-1",
    "aria-label": describedRow(row, told),
    class: `row ${kind}${again ? " again" : ""}${findings.length ? ` marked ${severity(findings)}` : ""}`,
  });
  group.append(svg("rect", { class: "hit", x: 0, y, width: lanes.width, height, rx: 2 }));
  group.append(svg("text", { class: "place", x: 50, y: row.label }, String(row.frame)));
  group.append(svg("text", { class: "place", x: GUTTER - 8, y: row.label }, (row.at / 1e6).toFixed(3)));
  if (options.scaled) {
    group.append(
      svg("path", {
        class: "leader",
        fill: "none",
        d: `M${GUTTER - 4} ${row.label - 4}H${GUTTER + 3}L${lanes.x[0] - 4} ${row.y}`,
      }),
    );
    const text = row.stream ? row.stream.label : row.arrow.label;
    group.append(
      svg("text", { class: "label side", x: lanes.x[lanes.x.length - 1] + 12, y: row.label }, fits(text, 225)),
    );
  }
  group.append(...(row.stream ? drawnStream(row, lanes, options) : drawnArrow(row, lanes, options)));
  group.append(
    ...marked(row.again ? [] : findings, lanes.width - MARKS + 12, options.scaled ? row.label - 4 : row.y - 4),
  );
  return group;
};
