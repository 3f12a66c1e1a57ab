// The sequence diagram of one conversation: a lane a host, an arrow a message, each row a choice in a list.

const GUTTER = 132; // frame and time
const MARKS = 56; // findings, at the right
const ROW = 24,
  FOLD = 15,
  PAUSE = 20;
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
  return {
    x: Array.from({ length: count }, (_, lane) => first + lane * step),
    step,
    width: first + step * (count - 1) + edge + MARKS,
  };
};

// How an anchor names the frame of a row.
const spotOf = (row) => {
  const { capture } = row.arrow ?? row.stream;
  return capture ? `${capture + 1}-${row.frame}` : String(row.frame);
};

// Whether a row shows the frame of an anchor: itself, folded into it, or as the end of its stream.
const holds = (row, spot) =>
  [row.frame, ...(row.arrow?.repeats ?? []).map(([frame]) => frame), row.stream?.last].some(
    (frame) => spotOf({ ...row, frame }) === spot,
  );

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
  (told.streams ?? []).forEach((stream) =>
    rows.push({ stream, index: -1 - stream.frame, at: stream.at, frame: stream.frame, again: false }),
  );
  return rows.sort((one, other) => one.at - other.at);
};

const placed = (rows, { scaled, unfolded }) => {
  const pauses = [];
  const first = rows.length ? rows[0].at : 0;
  const last = rows.reduce(
    (until, row) => Math.max(until, row.at, row.stream?.until ?? row.arrow.repeats?.at(-1)[1] ?? row.at),
    first,
  );
  let y = 10,
    before = first,
    label = 10;
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
    const again = unfolded ? [] : (row.arrow?.repeats ?? []);
    before = Math.max(row.at, before, ...again.slice(-1).map(([, at]) => at));
  }
  return { height: y + 12, pauses, perSecond, first, last };
};

// The ladder in two drawings: the names of the lanes, which stay in sight, and the rows.
const drawnLadder = (told, options) => {
  const lanes = lanesFor(told.lanes.length, options.width - (options.scaled ? 190 : 0));
  if (options.scaled) lanes.width += 190;
  const all = rowsOf(told, options.unfolded);
  const rows = all.slice(0, options.most);
  const plan = placed(rows, options);
  rows.forEach((row) => {
    row.perSecond = plan.perSecond;
  });
  const names = svg("svg", { class: "names", width: lanes.width, height: 30, "aria-hidden": "true" });
  names.append(svg("text", { class: "place", x: 50, y: 20 }, words.frame));
  names.append(svg("text", { class: "place", x: GUTTER - 8, y: 20 }, "s"));
  told.lanes.forEach((name, lane) => {
    const text = middle(name, Math.min(Math.max(lanes.step, 130), 240) - 12);
    names.append(svg("text", { class: "name", x: lanes.x[lane], y: 20 }, svg("title", {}, name), text));
  });
  const body = svg("svg", {
    class: "rows",
    width: lanes.width,
    height: plan.height,
    role: "listbox",
    "aria-label": options.label,
  });
  body.append(...drawnLanes(told, lanes, plan));
  const drawn = rows.map((row) => {
    const group = drawnRow(row, lanes, told, options);
    body.append(group);
    return { ...row, group };
  });
  return { names, body, rows: drawn, more: all.length - rows.length };
};
