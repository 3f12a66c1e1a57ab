// One whole message, with what is known of it.

const entryLink = (key, text) =>
  document.getElementById(anchorOf(key)) ? el("a", { href: `#${anchorOf(key)}` }, text) : el("span", {}, text);

const anchorOf = (key) => `entry-${key.replace(/[^A-Za-z0-9]+/g, "-")}`;

const findingLink = (number) =>
  el(
    "a",
    { href: `#finding-${number}`, class: `badge ${severities[number - 1]}` },
    `${words[severities[number - 1]]} ${number}`,
  );

// The text of a message: the start line, the names of header fields, and the body told apart.
const messageText = (arrow) => {
  const box = el("pre", { class: "message", tabindex: "0", "aria-label": say("whole_message") });
  const [first, ...fields] = arrow.head.split("\n");
  box.append(el("span", { class: "start" }, first));
  for (const line of fields) {
    const name = /^[^\s:]{1,64}(?=[ \t]*:)/.exec(line);
    box.append("\n", name ? el("span", { class: "name" }, name[0]) : "", line.slice(name ? name[0].length : 0));
  }
  if (arrow.body) box.append("\n\n", el("span", { class: "body" }, arrow.body));
  return box;
};

const described = (sdp) =>
  el(
    "ul",
    { class: "sdp", "aria-label": "SDP" },
    ...sdp.map(([kind, ...told]) => el("li", {}, el("strong", {}, kind), ` ${told.join(" · ")}`)),
  );

const copied = (arrow) =>
  el(
    "button",
    {
      type: "button",
      class: "quiet",
      onclick: async (event) => {
        const button = event.currentTarget;
        try {
          await navigator.clipboard.writeText(`${arrow.head}\n\n${arrow.body ?? ""}`);
          button.textContent = say("copied");
        } catch {
          getSelection().selectAllChildren(button.closest(".told").querySelector("pre"));
        }
      },
    },
    say("copy"),
  );

const messageOf = (told, row) => {
  const { arrow } = row;
  const [source, destination, transport] = arrow.ends;
  const facts = [
    `${words.frame} ${row.frame}${arrow.capture ? ` (${say("capture", { number: arrow.capture + 1 })})` : ""}`,
    `${clock(told.start + row.at, 6)} UTC`,
    `${source} → ${destination}`,
    transport.toUpperCase(),
  ];
  const box = el("div", { class: "told" });
  box.append(
    el(
      "div",
      { class: "title" },
      el("h4", {}, arrow.entry ? entryLink(arrow.entry, arrow.label) : arrow.label),
      copied(arrow),
    ),
  );
  box.append(el("p", { class: "facts" }, facts.join(" · ")));
  if (row.again) box.append(el("p", {}, say("retransmission", { frame: arrow.frame })));
  if (arrow.answers) box.append(el("p", {}, say("answers", { frame: arrow.answers[0], time: span(arrow.answers[1]) })));
  if (arrow.meaning) box.append(el("p", { class: "meaning" }, arrow.meaning.replace(/[`*]/g, "")));
  if (arrow.also)
    box.append(el("p", {}, ...arrow.also.flatMap(([key, title], at) => [at ? " · " : "", entryLink(key, title)])));
  if (arrow.repeats && !row.again) {
    const frames = arrow.repeats
      .slice(0, 40)
      .map(([frame]) => frame)
      .join(", ");
    box.append(
      el(
        "p",
        {},
        `${say("sent_again", { count: arrow.repeats.length })} ${words.frames} ${frames}${arrow.repeats.length > 40 ? ", …" : ""}`,
      ),
    );
  }
  if (arrow.findings) box.append(el("p", { class: "badges" }, ...arrow.findings.map(findingLink)));
  if (arrow.cut) box.append(el("p", { class: "warn" }, say("message_cut")));
  if (arrow.sdp) box.append(described(arrow.sdp));
  box.append(messageText(arrow));
  return box;
};
