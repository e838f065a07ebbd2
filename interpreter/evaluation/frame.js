// What stands around a JavaScript expression. It is evaluated in a context of its own for every expression, before anything of
// the document is: it takes away what would tell time, chance or place, hands over the data, and writes the result as JSON.
//
//   frame(program, text, tagged, nth) -> "V" + JSON | "E" + complaint | "S" + why it was stopped
//
// `text` is the JSON array [now in milliseconds, four seeds, ordinals, argument …]; `nth` says which of the ordinals is this one's.
// What an expression does to the built-in objects changes nothing but its own result: the context ends with it.
((program, text, tagged, nth) => {
  'use strict';
  const DEEPEST = 256, LONGEST = 8_000_000;
  const { parse, stringify } = JSON;
  const { defineProperty, getPrototypeOf, hasOwn, is, keys } = Object;
  const { isFinite, isInteger, isSafeInteger } = Number;
  const { isArray } = Array;
  const Instant = Date, world = globalThis;
  const tag = Symbol.toStringTag;

  // --- the data: as JSON, or tagged where JavaScript would lose the order of keys or digits of a number ([0, key, value …], [1, item …], [2, digits])
  const orders = new WeakMap();
  const untagged = value => {
    if (!isArray(value)) return value;
    if (value[0] === 2) return BigInt(value[1]);
    if (value[0] === 1) return value.slice(1).map(untagged);
    const object = {}, names = [];
    for (let at = 1; at < value.length; at += 2) {
      defineProperty(object, value[at], { value: untagged(value[at + 1]), writable: true, enumerable: true, configurable: true });
      names.push(value[at]);
    }
    orders.set(object, names);
    return object;
  };
  const [now, seeds, ordinals, ...given] = tagged ? untagged(parse(text)) : parse(text);

  // --- the clock is the run's
  const Clock = function Date(...parts) {
    return new.target ? Reflect.construct(Instant, parts.length ? parts : [now], new.target) : new Instant(now).toString();
  };
  Clock.prototype = Instant.prototype;
  Clock.now = () => now;
  Clock.parse = Instant.parse;
  Clock.UTC = Instant.UTC;
  defineProperty(Instant.prototype, 'constructor', { value: Clock });
  world.Date = Clock;

  // --- chance is what the seeds say (sfc32)
  let [a, b, c, d] = seeds;
  d ^= ordinals[nth];
  const chance = () => {
    const sum = ((a + b) | 0) + d | 0;
    d = (d + 1) | 0;
    a = b ^ (b >>> 9);
    b = (c + (c << 3)) | 0;
    c = (((c << 21) | (c >>> 11)) + sum) | 0;
    return sum >>> 0;
  };
  for (let round = 0; round < 15; round++) chance();
  Math.random = () => ((chance() >>> 5) * 2 ** 26 + (chance() >>> 6)) / 2 ** 53;

  // --- where something was thrown tells of this frame, which may change
  Error.stackTraceLimit = 0;
  defineProperty(Error, 'stackTraceLimit', { value: 0, writable: false, configurable: false });

  // --- and so would the text of a function that stands here
  const source = function toString() {
    if (typeof this !== 'function') throw new TypeError('not a function');
    return `function ${this.name}() { [native code] }`;
  };
  defineProperty(Function.prototype, 'toString', { value: source, writable: false, configurable: false });

  // --- text is never code
  const NoFunction = function Function() { throw new TypeError('code cannot be made of a text in expressions'); };
  NoFunction.prototype = Function.prototype;
  for (const kind of [() => {}, async () => {}, function* () {}, async function* () {}]) {
    defineProperty(getPrototypeOf(kind), 'constructor', { value: NoFunction });
  }
  world.Function = NoFunction;
  for (const name of ['eval', 'performance', 'Atomics', 'SharedArrayBuffer', 'WeakRef', 'FinalizationRegistry', 'queueMicrotask']) delete world[name];

  // --- the result
  const way = [], out = ['V'];
  let length = 0, complaint = '';
  const fail = what => {
    const place = way.map(key => '/' + String(key).replaceAll('~', '~0').replaceAll('/', '~1')).join('');
    complaint = `gives ${what}${place ? ` at ${place}` : ''}`;
    throw complaint;
  };
  const tooLong = () => { way.length = 0; fail('more than 8,000,000 bytes'); };
  const put = piece => {
    out.push(piece);
    length += piece.length;
    if (length > LONGEST) tooLong();
  };
  const quoted = value => {
    if (!value.isWellFormed()) fail('a text with half of a surrogate pair');
    return stringify(value);
  };
  const number = value => {
    if (!isFinite(value)) fail(`${value}, which is no number of JSON`);
    // A double beyond the exact integers stays recognisable as one: it must not come back as if its digits were exact.
    return is(value, -0) ? '-0.0' : isInteger(value) && !isSafeInteger(value) ? value.toExponential() : `${value}`;
  };
  const members = value => {
    const order = orders.get(value), own = keys(value);
    return order ? [...new Set([...order.filter(key => hasOwn(value, key)), ...own])] : own;
  };
  const plain = value => {
    const made = getPrototypeOf(value);
    return value !== world && !hasOwn(value, tag) && (made === null || made === Object.prototype);
  };
  const inside = (key, value) => {
    if (way.length >= DEEPEST) { way.length = 0; fail('what is nested deeper than 256 levels, or holds itself'); }
    way.push(key);
    write(value);
    way.pop();
  };
  const writeObject = value => {
    let separator = '{';
    for (const key of members(value)) {
      const member = value[key];
      if (member === undefined) continue;
      put(`${separator}${quoted(key)}:`);
      inside(key, member);
      separator = ',';
    }
    put(separator === '{' ? '{}' : '}');
  };
  const writeList = value => {
    if (value.length * 2 > LONGEST) tooLong();
    put('[');
    for (let at = 0; at < value.length; at++) {
      if (at) put(',');
      inside(at, value[at]);
    }
    put(']');
  };
  const write = value => {
    switch (typeof value) {
      case 'undefined': return put('null');
      case 'boolean': case 'bigint': return put(`${value}`);
      case 'number': return put(number(value));
      case 'string': return put(quoted(value));
      case 'symbol': return fail('a symbol');
      case 'function': return fail('a function; is a call missing its brackets');
    }
    if (value === null) return put('null');
    if (isArray(value)) return writeList(value);
    if (value instanceof Instant) return isFinite(+value) ? put(quoted(value.toISOString())) : fail('an invalid date');
    if (typeof value.toJSON === 'function') return inside('toJSON()', value.toJSON());
    if (plain(value)) return writeObject(value);
    return fail(`${name(value)}, which is no value of JSON`);
  };
  const name = value => {
    if (value === world) return 'globalThis';
    return String(hasOwn(value, tag) ? value[tag] : value.constructor?.name || 'an object without name').slice(0, 60);
  };
  const said = error => {
    if (complaint) return `E${complaint}`;
    if (!(error instanceof Error)) return typeof error === 'string' ? `E${error}` : 'Ethrows what is no error';
    const message = String(error.message);
    if (error.name === 'InternalError' && message === 'out of memory') return 'Sran out of memory';
    if (error.name === 'RangeError' && message.startsWith('Maximum call stack')) return 'Scalled functions too deep in each other';
    return `E${error.name}: ${message}`;
  };
  try {
    write(program(...given));
    return out.join('');  // joined, not added: what is added is a rope to the engine, which cannot be handed over
  } catch (error) {
    return [...said(error).toWellFormed().replaceAll('\0', '').slice(0, 1000)].join('');
  }
})
