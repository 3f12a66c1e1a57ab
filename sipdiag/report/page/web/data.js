// Blocks of data in the page: JSON as it stands, or deflated and in Base64.

const unpacked = async (block) => {
  const text = block.textContent;
  if (block.dataset.form === "json") return JSON.parse(text);
  const bytes = Uint8Array.from(atob(text), (character) => character.charCodeAt(0));
  const stream = new Blob([bytes]).stream().pipeThrough(new DecompressionStream("deflate"));
  return JSON.parse(await new Response(stream).text());
};

// Chunks of conversations: the last few that were opened are kept.
const chunks = new Map();

const chunk = (number) => {
  if (!chunks.has(number)) {
    if (chunks.size > 8) chunks.delete(chunks.keys().next().value);
    chunks.set(number, unpacked(document.getElementById(`chunk-${number}`)));
  }
  return chunks.get(number);
};

// Rows come as lists, for they are many; here they get names.
const FIELDS = [
  "kind",
  "number",
  "state",
  "code",
  "from",
  "to",
  "start",
  "setup",
  "duration",
  "ended",
  "mos",
  "findings",
  "ids",
  "chunk",
  "at",
];

const named = (list) => {
  const row = Object.fromEntries(FIELDS.map((name, at) => [name, list[at]]));
  row.key = `${row.kind}-${row.number}`;
  return row;
};
