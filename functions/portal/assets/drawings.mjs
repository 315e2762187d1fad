// Lays the state machines out, once, when the pages are built: dagre's layout needs no browser and
// no request waits for it. One drawing a machine:
//   {title, words, width, height, start: {x, y},
//    states: [{name, title, lines, inside, x, y, outline, box}],   x, y: the middle of the first line;
//                 inside: the map it is a state of, or null; box: around a map's own states
//    edges: [{from, to, caught, path, arrow}]}                     from: null at the start
// States stand in the order in which dagre ranks them: first what comes first.
import { readFileSync, readdirSync } from "node:fs";
import { basename, join } from "node:path";

import * as dagre from "@dagrejs/dagre";
import { parse } from "smol-toml";

const LINE = 18;
const AT_MOST = 20; // letters in a line
const WIDTH = 184;
const NOTE = 17; // under the title: how the state stands
const START = 16;
const MARGIN = 12;

export function drawings(machines, texts) {
  const titles = parse(readFileSync(texts, "utf8"));
  const words = titles.standing;
  return readdirSync(machines)
    .filter((file) => file.endsWith(".asl.json"))
    .map((file) => {
      const name = basename(file, ".asl.json");
      const machine = JSON.parse(readFileSync(join(machines, file), "utf8"));
      const told = titles[name];
      if (!told) throw new Error(`${texts}: no titles of ${name}`);
      return [name, { title: told.title, words, ...narrower(machine, told.states) }];
    });
}

// A phone scrolls less through a tall drawing than through a wide one.
function narrower(machine, titles) {
  const [tall, wide] = ["TB", "LR"].map((direction) => drawing(machine, titles, direction));
  return tall.width <= wide.width ? tall : wide;
}

function drawing(machine, titles, direction) {
  const graph = new dagre.graphlib.Graph({ compound: true, multigraph: true });
  graph.setGraph({ rankdir: direction, nodesep: 26, ranksep: 42, edgesep: 14 });
  graph.setNode("start", { width: START, height: START });
  const entries = new Map();
  lay(graph, machine, titles, entries, null);
  graph.setEdge("start", entries.get(machine.StartAt).in, { from: null, to: machine.StartAt }, "start");
  for (const { from, to, caught } of transitions(machine)) {
    const ends = [entries.get(from).out, entries.get(to).in];
    graph.setEdge(...ends, { from, to, caught }, `${from}>${to}>${caught}`);
  }
  dagre.layout(graph);
  frame(graph);
  return told(graph, entries);
}

// dagre measures the nodes only: an edge around them would be cut off.
function frame(graph) {
  const nodes = graph.nodes().map((name) => graph.node(name));
  const ends = graph.edges().flatMap((edge) => graph.edge(edge).points);
  const corners = nodes.flatMap(({ x, y, width, height }) => [
    { x: x - width / 2, y: y - height / 2 },
    { x: x + width / 2, y: y + height / 2 },
  ]);
  const all = [...ends, ...corners];
  const [left, top] = ["x", "y"].map((axis) => Math.min(...all.map((point) => point[axis])) - MARGIN);
  const [right, bottom] = ["x", "y"].map((axis) => Math.max(...all.map((point) => point[axis])) + MARGIN);
  for (const point of [...nodes, ...ends]) {
    point.x -= left;
    point.y -= top;
  }
  Object.assign(graph.graph(), { width: right - left, height: bottom - top });
}

// Every state by its name: the node where edges come in, the one where they go out, the box around
// a map's own states.
function lay(graph, machine, titles, entries, inside) {
  for (const [name, state] of Object.entries(machine.States)) {
    if (!titles[name]) throw new Error(`services/texts/machines.toml: no title of "${name}"`);
    const lines = wrapped(titles[name]);
    const node = { name, title: titles[name], lines, inside, type: state.Type };
    const size = { width: WIDTH, height: lines.length * LINE + NOTE + 14 };
    graph.setNode(name, { ...node, ...size });
    entries.set(name, { in: name, out: name });
    if (inside) graph.setParent(name, around(inside));
    const own = state.ItemProcessor;
    if (!own) continue;
    graph.setNode(around(name), {});
    graph.setParent(name, around(name));
    lay(graph, own, titles, entries, name);
    graph.setEdge(name, own.StartAt, { from: name, to: own.StartAt }, "into");
    const last = Object.keys(own.States).find((each) => own.States[each].End);
    entries.set(name, { in: name, out: last });
  }
}

function around(map) {
  return `around ${map}`;
}

function transitions(machine) {
  return Object.entries(machine.States).flatMap(([from, state]) => {
    const onward = [state.Next, state.Default, ...(state.Choices ?? []).map((choice) => choice.Next)];
    const caught = (state.Catch ?? []).map((each) => each.Next);
    const unique = (names) => [...new Set(names.filter(Boolean))];
    return [
      ...unique(onward).map((to) => ({ from, to, caught: false })),
      ...unique(caught).map((to) => ({ from, to, caught: true })),
    ];
  });
}

function wrapped(title) {
  const lines = [];
  for (const word of title.split(" ")) {
    const last = lines.at(-1);
    if (last && last.length + word.length < AT_MOST) lines[lines.length - 1] = `${last} ${word}`;
    else lines.push(word);
  }
  return lines;
}

function told(graph, entries) {
  const { width, height } = graph.graph();
  const { x, y } = graph.node("start");
  const nodes = [...entries.keys()].map((name) => ({ ...graph.node(name), box: graph.node(around(name)) }));
  const [along, across] = graph.graph().rankdir === "TB" ? ["y", "x"] : ["x", "y"];
  nodes.sort((a, b) => a[along] - b[along] || a[across] - b[across]);
  return {
    width: Math.ceil(width),
    height: Math.ceil(height),
    start: { x: round(x), y: round(y), r: START / 2 },
    states: nodes.map(({ name, title, lines, inside, type, box, ...node }) => ({
      name,
      title,
      lines,
      inside,
      x: round(node.x),
      y: round(node.y - ((lines.length - 1) * LINE + NOTE) / 2 + 5),
      outline: outline(type, node),
      box: box ? rectangle(box) : null,
    })),
    edges: graph.edges().map((edge) => {
      const { from, to, caught, points } = graph.edge(edge);
      return { from, to, caught: Boolean(caught), path: path(points), arrow: arrow(points) };
    }),
  };
}

function rectangle({ x, y, width, height }) {
  return { x: round(x - width / 2), y: round(y - height / 2), width: round(width), height: round(height) };
}

// A question has pointed sides, an end round ones, work is a box: shapes that need no colour.
function outline(type, { x, y, width, height }) {
  const [left, top, right, bottom] = [x - width / 2, y - height / 2, x + width / 2, y + height / 2].map(round);
  const middle = round(y);
  if (type === "Choice") {
    return `M${left} ${middle}L${left + 14} ${top}H${right - 14}L${right} ${middle}L${right - 14} ${bottom}H${left + 14}Z`;
  }
  const r = type === "Succeed" || type === "Fail" ? round(height / 2) : 5;
  const corner = (dx, dy) => `a${r} ${r} 0 0 1 ${dx * r} ${dy * r}`;
  return `M${left + r} ${top}H${right - r}${corner(1, 1)}V${bottom - r}${corner(-1, 1)}H${left + r}${corner(-1, -1)}V${top + r}${corner(1, -1)}Z`;
}

// Through the middles of dagre's corners, so that edges bend instead of breaking.
function path(points) {
  const at = ({ x, y }) => `${round(x)} ${round(y)}`;
  const middle = (a, b) => ({ x: (a.x + b.x) / 2, y: (a.y + b.y) / 2 });
  let drawn = `M${at(points[0])}`;
  for (let i = 1; i < points.length - 1; i++) {
    const to = i === points.length - 2 ? points[i + 1] : middle(points[i], points[i + 1]);
    drawn += `Q${at(points[i])} ${at(to)}`;
  }
  return points.length === 2 ? `${drawn}L${at(points[1])}` : drawn;
}

function arrow(points) {
  const [before, tip] = points.slice(-2);
  const length = Math.hypot(tip.x - before.x, tip.y - before.y) || 1;
  const [dx, dy] = [(tip.x - before.x) / length, (tip.y - before.y) / length];
  const side = (way) => `${round(tip.x - 9 * dx - way * 4.5 * dy)} ${round(tip.y - 9 * dy + way * 4.5 * dx)}`;
  return `M${round(tip.x)} ${round(tip.y)}L${side(1)}L${side(-1)}Z`;
}

function round(value) {
  return Math.round(value * 10) / 10;
}
