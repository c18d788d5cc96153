// GitHub's own expression engine (@actions/expressions), with the conversions that the runner adds around it.
// Source: docs.github.com, "Evaluate expressions in workflows and actions".
import {pathToFileURL} from 'node:url';

// The package lies with what set-up brings, not beside this file: the command line says where.
const {Evaluator, Lexer, Parser, data} = await import(pathToFileURL(process.argv[2]).href);

const CONTEXTS = ['github', 'needs', 'env', 'vars', 'secrets', 'inputs', 'matrix', 'strategy', 'steps', 'job', 'runner', 'jobs'];
const STATUS = ['success', 'failure', 'always', 'cancelled'];
const SPAN = /\$\{\{((?:'(?:[^']|'')*'|(?!\}\}).)*)\}\}/gs;

const trees = new Map();

function parse(text) {
  if (!trees.has(text)) {
    const known = [...STATUS, 'hashFiles'].map(name => ({name, minArgs: 0, maxArgs: 255}));
    trees.set(text, new Parser(new Lexer(text).lex().tokens, CONTEXTS, known).parse());
  }
  return trees.get(text);
}

/** Does the tree call a status function? Then the runner adds no `success() &&`; names inside strings do not count. */
function asksForStatus(node) {
  if (!node || typeof node !== 'object') return false;
  if (node.functionName && STATUS.includes(node.functionName.lexeme.toLowerCase())) return true;
  const below = [node.left, node.right, node.expr, node.group, node.index, ...(Array.isArray(node.args) ? node.args : [])];
  return below.some(asksForStatus);
}

/** A field as one expression: a lone `${{ }}` keeps its type, mixed text becomes a text, which is never false. */
export function expressionOf(raw) {
  const text = String(raw).trim();
  const pieces = [];
  let done = 0;
  for (const found of text.matchAll(SPAN)) {
    if (found.index > done) pieces.push({text: text.slice(done, found.index)});
    pieces.push({expression: found[1].trim()});
    done = found.index + found[0].length;
  }
  if (done < text.length) pieces.push({text: text.slice(done)});
  if (!pieces.some(piece => piece.expression !== undefined)) return text;
  if (pieces.length === 1) return pieces[0].expression;
  const values = pieces.filter(piece => piece.expression !== undefined).map(piece => piece.expression);
  let position = 0;
  const pattern = pieces.map(piece => piece.text === undefined ? `{${position++}}` : piece.text.replace(/[{}]/g, '$&$&'));
  return `format('${pattern.join('').replace(/'/g, "''")}', ${values.join(', ')})`;
}

/** Evaluate with what the status functions answer: `{success, failure, cancelled}`. Throws where GitHub would refuse. */
function evaluate(text, contexts, status) {
  const answers = {success: status.success && !status.cancelled, failure: status.failure && !status.cancelled, always: true, cancelled: status.cancelled};
  const functions = STATUS.map(name => ({name, minArgs: 0, maxArgs: 255, call: () => new data.BooleanData(Boolean(answers[name]))}));
  functions.push({name: 'hashFiles', minArgs: 0, maxArgs: 255, call: () => new data.StringData('hash')});
  const byName = new Map(functions.map(each => [each.name.toLowerCase(), each]));
  return new Evaluator(parse(text), wrapped(contexts), byName).evaluate();
}

/** An `if`: absent or free of status functions, it holds only when everything before succeeded. */
export function holds(raw, contexts, status) {
  const passed = status.success && !status.cancelled;
  if (raw === undefined || raw === null || raw === '') return passed;
  if (typeof raw === 'boolean') return raw && passed;
  const text = expressionOf(raw);
  return truthy(evaluate(asksForStatus(parse(text)) ? text : `success() && (${text})`, contexts, status));
}

/** A field's value; where it can't be evaluated, or is no scalar, the text as it was written. */
export function valueOf(raw, contexts, status = {success: true, failure: false, cancelled: false}) {
  if (typeof raw !== 'string' || !raw.includes('${{')) return raw;
  try {
    return plain(evaluate(expressionOf(raw), contexts, status), raw);
  } catch {
    return raw;
  }
}

/** A text in which each expression is replaced by its value by itself, as the runner does with `run`. */
export function filled(raw, contexts, status) {
  return typeof raw === 'string' ? raw.replace(SPAN, span => String(valueOf(span, contexts, status))) : '';
}

/** The value of a field that may be a list or a mapping (`fromJSON`), as plain values; undefined where it is unknown. */
export function structureOf(raw, contexts) {
  if (typeof raw !== 'string') return raw;
  try {
    return JSON.parse(JSON.stringify(unwrapped(evaluate(expressionOf(raw), contexts, {success: true}))));
  } catch {
    return undefined;
  }
}

function truthy(value) {
  switch (value.kind) {
    case data.Kind.Boolean: return value.value;
    case data.Kind.Null: return false;
    case data.Kind.Number: return value.value !== 0 && !Number.isNaN(value.value);
    case data.Kind.String: return value.value.length > 0;
    default: return true;
  }
}

function plain(value, otherwise) {
  switch (value.kind) {
    case data.Kind.Boolean:
    case data.Kind.Number: return value.value;
    case data.Kind.Dictionary:
    case data.Kind.Array: return otherwise;
    default: return value.coerceString();
  }
}

function unwrapped(value) {
  if (value.kind === data.Kind.Array) return value.values().map(unwrapped);
  if (value.kind === data.Kind.Dictionary) return Object.fromEntries(value.pairs().map(({key, value: inner}) => [key, unwrapped(inner)]));
  return value.kind === data.Kind.Null ? null : value.value;
}

function wrapped(value) {
  if (value === null || value === undefined) return new data.Null();
  if (typeof value === 'string') return new data.StringData(value);
  if (typeof value === 'number') return new data.NumberData(value);
  if (typeof value === 'boolean') return new data.BooleanData(value);
  if (Array.isArray(value)) return new data.Array(...value.map(wrapped));
  return new data.Dictionary(...Object.entries(value).map(([key, inner]) => ({key, value: wrapped(inner)})));
}
