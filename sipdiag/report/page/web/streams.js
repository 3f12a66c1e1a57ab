// Media: what one stream was like, and its quality second by second.

const timeline = (name, values, unit) => {
  const width = 420, height = 56, most = Math.max(...values, 1e-9);
  const step = width / Math.max(values.length, 1);
  const bars = values.map((value, at) => svg("rect", { x: at * step, y: height - (value / most) * height, width: Math.max(step - 0.5, 0.5), height: (value / most) * height }));
  return el("figure", { class: "timeline" }, el("figcaption", {}, `${name}: ${say("at_most", { value: `${Number(most.toPrecision(3))} ${unit}` })}`),
    svg("svg", { viewBox: `0 0 ${width} ${height}`, preserveAspectRatio: "none", role: "img", "aria-label": `${name}, ${values.length} s` }, ...bars));
};

const streamOf = (told, stream) => {
  const box = el("div", { class: "told" }, el("div", { class: "title" }, el("h4", {}, stream.label)));
  box.append(el("dl", { class: "facts" }, ...stream.facts.map(([name, value]) => el("div", {}, el("dt", {}, name), el("dd", {}, value)))));
  for (const [name, values, unit] of stream.timelines ?? []) box.append(timeline(name, values, unit));
  return box;
};
