// The sequence diagram of one conversation: a lane a host, an arrow a message, each row a choice in a list.

const GUTTER = 132; // frame and time
const MARKS = 56; // findings, at the right
const ROW = 24, FOLD = 15, PAUSE = 20;
const LONG_PAUSE = 2e6;
const MOST_ROWS = 400; // drawn at first
const SCALE_HEIGHT = 560;
const CLASSES = ["request", "provisional", "success", "redirection", "failure", "failure", "failure"];

const fits = (text, width, size = 6.3) => {
  const most = Math.max(Math.floor(width / size), 1);
  return text.length <= most ? text : `${text.slice(0, Math.max(most - 1, 1))}…`;
};

// Of a long name the middle goes: the end of an IPv6 address tells hosts apart.
const middle = (text, width) => {
  const most = Math.max(Math.floor(width / 6.9), 4);
  return text.length <= most ? text : `${text.slice(0, most / 2 - 1)}…${text.slice(text.length - most / 2)}`;
};

const lanesFor = (count, width) => {
  const narrow = width < 560;
  const edge = narrow ? 44 : 65; // from the outermost lanes to what stands beside them
  const inner = Math.max(width - GUTTER - MARKS, 200);
  const step = count > 1 ? Math.min(Math.max((inner - 2 * edge) / (count - 1), narrow ? 100 : 130), 460) : 0;
  const first = GUTTER + edge;
  return { x: Array.from({ length: count }, (_, lane) => first + lane * step), step, width: first + step * (count - 1) + edge + MARKS };
};

// How an anchor names the frame of a row.
const spotOf = (row) => {
  const { capture } = row.arrow ?? row.stream;
  return capture ? `${capture + 1}-${row.frame}` : String(row.frame);
};

// Whether a row shows the frame of an anchor: itself, folded into it, or as the end of its stream.
const holds = (row, spot) =>
  [row.frame, ...(row.arrow?.repeats ?? []).map(([frame]) => frame), row.stream?.last].some((frame) => spotOf({ ...row, frame }) === spot);

// What is worth seeing first: where the first finding happened; what came of a request says more than the request.
const telling = (rows) => {
  const found = rows.filter((row) => (row.arrow ?? row.stream).findings);
  return Math.max(rows.indexOf(found.find((row) => row.stream || row.arrow.class) ?? found[0]), 0);
};

// What is drawn, row by row: folded repeats as a line below their first, or each on a row of its own.
const rowsOf = (told, unfolded) => {
  const rows = [];
  told.arrows.forEach((arrow, index) => {
    rows.push({ arrow, index, at: arrow.at, frame: arrow.frame, again: false });
    if (unfolded) {
      for (const [frame, at] of arrow.repeats ?? []) rows.push({ arrow, index, at, frame, again: true });
    }
  });
  (told.streams ?? []).forEach((stream) => rows.push({ stream, index: -1 - stream.frame, at: stream.at, frame: stream.frame, again: false }));
  return rows.sort((one, other) => one.at - other.at);
};

const placed = (rows, { scaled, unfolded }) => {
  const pauses = [];
  const first = rows.length ? rows[0].at : 0;
  const last = Math.max(first, ...rows.map((row) => row.stream?.until ?? row.arrow.repeats?.at(-1)[1] ?? row.at), ...rows.map((row) => row.at));
  let y = 10, before = first, label = 10;
  const perSecond = last > first ? Math.max(SCALE_HEIGHT, rows.length * 16) / ((last - first) / 1e6) : 0;
  for (const row of rows) {
    if (scaled) {
      row.y = 22 + ((row.at - first) / 1e6) * perSecond;
      label = row.label = Math.max(label + 15, row.y);
      y = Math.max(label, 22 + ((last - first) / 1e6) * perSecond) + ROW;
      continue;
    }
    if (row.at - before > LONG_PAUSE && !row.stream) {
      pauses.push({ from: y, to: y + PAUSE, time: row.at - before });
      y += PAUSE;
    }
    row.label = row.y = y + ROW - 7;
    y += ROW;
    if (!unfolded && row.arrow?.repeats) y += FOLD;
    const again = unfolded ? [] : row.arrow?.repeats ?? [];
    before = Math.max(row.at, before, ...again.slice(-1).map(([, at]) => at));
  }
  return { height: y + 12, pauses, perSecond, first, last };
};

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
const shaft = (x1, x2, y, again = false) => svg("path", { class: again ? "arrow again" : "arrow", d: `M${x1} ${y}H${x2 - 6 * (x2 > x1 ? 1 : -1)}` });

const drawnArrow = (row, lanes, { scaled, unfolded }) => {
  const { arrow } = row;
  const [from, to] = arrow.lanes;
  const x1 = lanes.x[from], x2 = lanes.x[to];
  if (from === to) {
    return [svg("path", { class: "arrow", d: `M${x1} ${row.y - 6}h18v8h-12` }), tip(x1 + 1, row.y + 2, -1),
      scaled ? "" : svg("text", { class: "label side", x: x1 + 26, y: row.y + 1 }, fits(arrow.label, 200))];
  }
  const direction = to > from ? 1 : -1;
  const middle = (x1 + x2) / 2, width = Math.abs(x2 - x1);
  const parts = [shaft(x1, x2, row.y, row.again), tip(x2, row.y, direction)];
  if (!scaled) parts.push(svg("text", { class: "label", x: middle, y: row.y - 5 }, fits(row.again ? `↻ ${arrow.label}` : arrow.label, width - 22)));
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
  const spans = [], step = stream.step / 1000, whole = (stream.until - stream.at) / 1e6;
  stream.timelines[0][1].forEach((packets, at) => {
    if (!packets) return;
    const end = Math.min((at + 1) * step, Math.max(whole, at * step));
    if (spans.length && spans.at(-1)[1] === at * step) spans.at(-1)[1] = end;
    else spans.push([at * step, end]);
  });
  return spans;
};

// A thick line; to scale also how long it lasted, as a band between its lanes.
const drawnStream = (row, lanes, { scaled }) => {
  const { stream } = row;
  const [from, to] = stream.lanes;
  const x1 = lanes.x[from], x2 = from === to ? x1 + 40 : lanes.x[to];
  const direction = x2 > x1 ? 1 : -1;
  const left = Math.min(x1, x2), width = Math.abs(x2 - x1);
  const line = [svg("path", { class: "arrow", d: `M${x1 + 3 * direction} ${row.y}H${x2 - 9 * direction}` }),
    svg("path", { class: "tip", d: `M${x2 - direction} ${row.y}l${-11 * direction} -6v12z` })];
  if (!scaled) return [...line, svg("text", { class: "label", x: left + width / 2, y: row.y - 6 }, fits(stream.label, width - 16, 6))];
  const x = direction > 0 ? x1 + 2 : x1 - 9;
  return [...heard(stream).map(([begin, end]) => svg("rect", { class: "band", x, y: row.y + begin * row.perSecond, width: 7,
    height: Math.max((end - begin) * row.perSecond, 2) })), ...line];
};

const marked = (numbers, x, y) => {
  const drawn = numbers.slice(0, 2).map((number, at) => svg("g", {},
    svg("circle", { class: `badge ${severities[number - 1]}`, cx: x + at * 21, cy: y, r: 8.5 }),
    svg("text", { class: "number", x: x + at * 21, y: y + 3.5 }, String(number))));
  if (numbers.length > 2) drawn.push(svg("text", { class: "place", x: x + 50, y: y + 4 }, `+${numbers.length - 2}`));
  return drawn;
};

const describedRow = (row, told) => {
  const { arrow, stream } = row;
  if (stream) {
    return [`${words.frame} ${row.frame}`, `${(row.at / 1e6).toFixed(3)} s`, stream.label,
      `${told.lanes[stream.lanes[0]]} → ${told.lanes[stream.lanes[1]]}`].join(", ");
  }
  const parts = [`${words.frame} ${row.frame}`, `${(row.at / 1e6).toFixed(3)} s`,
    `${arrow.label}, ${told.lanes[arrow.lanes[0]]} → ${told.lanes[arrow.lanes[1]]}`];
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
  const group = svg("g", { role: "option", "aria-selected": "false", tabindex: "-1", "aria-label": describedRow(row, told),
    class: `row ${kind}${again ? " again" : ""}${findings.length ? ` marked ${severity(findings)}` : ""}` });
  group.append(svg("rect", { class: "hit", x: 0, y, width: lanes.width, height, rx: 2 }));
  group.append(svg("text", { class: "place", x: 50, y: row.label }, String(row.frame)));
  group.append(svg("text", { class: "place", x: GUTTER - 8, y: row.label }, (row.at / 1e6).toFixed(3)));
  if (options.scaled) {
    group.append(svg("path", { class: "leader", fill: "none", d: `M${GUTTER - 4} ${row.label - 4}H${GUTTER + 3}L${lanes.x[0] - 4} ${row.y}` }));
    const text = row.stream ? row.stream.label : row.arrow.label;
    group.append(svg("text", { class: "label side", x: lanes.x[lanes.x.length - 1] + 12, y: row.label }, fits(text, 225)));
  }
  group.append(...(row.stream ? drawnStream(row, lanes, options) : drawnArrow(row, lanes, options)));
  group.append(...marked(row.again ? [] : findings, lanes.width - MARKS + 12, options.scaled ? row.label - 4 : row.y - 4));
  return group;
};

// The ladder in two drawings: the names of the lanes, which stay in sight, and the rows.
const drawnLadder = (told, options) => {
  const lanes = lanesFor(told.lanes.length, options.width - (options.scaled ? 190 : 0));
  if (options.scaled) lanes.width += 190;
  const all = rowsOf(told, options.unfolded);
  const rows = all.slice(0, options.most);
  const plan = placed(rows, options);
  rows.forEach((row) => { row.perSecond = plan.perSecond; });
  const names = svg("svg", { class: "names", width: lanes.width, height: 30, "aria-hidden": "true" });
  names.append(svg("text", { class: "place", x: 50, y: 20 }, words.frame));
  names.append(svg("text", { class: "place", x: GUTTER - 8, y: 20 }, "s"));
  told.lanes.forEach((name, lane) => {
    const text = middle(name, Math.min(Math.max(lanes.step, 130), 240) - 12);
    names.append(svg("text", { class: "name", x: lanes.x[lane], y: 20 }, svg("title", {}, name), text));
  });
  const body = svg("svg", { class: "rows", width: lanes.width, height: plan.height, role: "listbox", "aria-label": options.label });
  body.append(...drawnLanes(told, lanes, plan));
  const drawn = rows.map((row) => {
    const group = drawnRow(row, lanes, told, options);
    body.append(group);
    return { ...row, group };
  });
  return { names, body, rows: drawn, more: all.length - rows.length };
};
