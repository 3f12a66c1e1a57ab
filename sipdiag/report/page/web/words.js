// Labels in the language of the report, elements, and times as people read them.

const words = JSON.parse(document.getElementById("words").textContent);

const say = (name, parts = {}) => words[name].replace(/\{(\w+)\}/g, (all, part) => (part in parts ? parts[part] : all));

const SVG = "http://www.w3.org/2000/svg";

const made = (node, attributes, children) => {
  for (const [name, value] of Object.entries(attributes)) {
    if (name.startsWith("on")) node.addEventListener(name.slice(2), value);
    else if (value === true) node.setAttribute(name, "");
    else if (value !== false && value !== null && value !== undefined) node.setAttribute(name, value);
  }
  node.append(...children.filter((child) => child !== null && child !== undefined && child !== false));
  return node;
};

// Text becomes text nodes only: nothing that a packet says is ever read as HTML.
const el = (tag, attributes = {}, ...children) => made(document.createElement(tag), attributes, children);
const svg = (tag, attributes = {}, ...children) => made(document.createElementNS(SVG, tag), attributes, children);

// A number with the marks of the report's language: a comma before the fraction, or a point.
const punctuated = (number) => (words.decimal_mark === "," ? number.replace(/[.,]/g, (mark) => (mark === "." ? "," : ".")) : number);

const count = (number) => punctuated(String(number).replace(/\B(?=(\d{3})+$)/g, ","));

// Microseconds since 1970 as the time of day in UTC.
const clock = (time, digits = 3) => {
  const seconds = Math.floor(time / 1e6);
  const rest = String(Math.floor(time - seconds * 1e6)).padStart(6, "0");
  const told = new Date(seconds * 1000);
  const whole = Number.isNaN(told.getTime()) ? "00:00:00" : told.toISOString().slice(11, 19);
  return digits ? `${whole}.${rest.slice(0, digits)}` : whole;
};

const day = (time) => {
  const told = new Date(time / 1000);
  return Number.isNaN(told.getTime()) ? "" : told.toISOString().slice(0, 10);
};

// A duration in microseconds at a glance.
const span = (time) => {
  const seconds = time / 1e6;
  if (seconds < 0.9995) return `${Math.round(time / 1000)} ms`;
  if (seconds < 99.95) return `${punctuated(seconds.toFixed(1))} s`;
  const whole = Math.round(seconds);
  if (whole < 6000) return `${Math.floor(whole / 60)} min ${whole % 60} s`;
  return `${Math.floor(whole / 3600)} h ${Math.floor((whole % 3600) / 60)} min`;
};

const SEVERITIES = ["error", "warning", "note"];
const severities = words.severities; // of each finding, by its number
const severity = (numbers) => SEVERITIES.find((each) => numbers.some((number) => severities[number - 1] === each));
