// Media: what one stream was like, and its quality step by step.

const BARS = { width: 420, height: 44 };

const timeline = ([name, values, unit], step) => {
  const { width, height } = BARS;
  const most = Math.max(...values),
    scale = most > 0 ? height / most : 0;
  const each = width / Math.max(values.length, 1);
  const bars = values.map((value, at) =>
    svg("rect", { x: at * each, y: height - value * scale, width: Math.max(each - 0.6, 0.6), height: value * scale }),
  );
  const told = `${name}: ${say("at_most", { value: `${punctuated(String(Number(most.toPrecision(3))))}${unit ? ` ${unit}` : ""}`, step: span(step * 1000) })}`;
  return el(
    "figure",
    { class: "timeline" },
    el("figcaption", {}, told),
    svg(
      "svg",
      { viewBox: `0 0 ${width} ${height}`, preserveAspectRatio: "none", role: "img", "aria-label": told },
      ...bars,
    ),
  );
};

const streamOf = (told, row) => {
  const { stream } = row;
  const box = el("div", { class: "told" }, el("div", { class: "title" }, el("h4", {}, stream.label)));
  box.append(el("p", { class: "facts" }, `${words.frame} ${row.frame} · ${clock(told.start + row.at, 6)} UTC`));
  if (stream.findings) box.append(el("p", { class: "badges" }, ...stream.findings.map(findingLink)));
  box.append(...stream.timelines.map((each) => timeline(each, stream.step)));
  box.append(
    el(
      "dl",
      { class: "properties" },
      ...stream.facts.map(([name, value]) => el("div", {}, el("dt", {}, name), el("dd", {}, value))),
    ),
  );
  return box;
};
