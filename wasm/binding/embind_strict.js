// Embind as this module needs it: what its methods take is checked before the core hears of it, so that a wrong
// argument is a TypeError that leaves nothing behind, and nothing is ever thrown through WebAssembly's frames
// (they would keep their memory and their stack). Embind's own types check little, its calls without `eval` share
// their arrays, which a handler that calls back would overwrite, and all of it is twice as large.
//
// A type reads a JavaScript value (`read`, a TypeError where it is wrong) into what the core is then given
// (`toWireType`): a number, or the address of a text that lives as long as the call.
mergeInto(LibraryManager.library, {
  // For what remains of Embind itself.
  $throwBindingError__deps: [],
  $throwBindingError: function (message) {
    throw new TypeError(message);
  },
  // Of what Embind puts on the module and on its objects, only this is declared in parley.d.ts.
  $init_emval__deps: [],
  $init_emval: function () {},
  $readLatin1String__deps: [],
  $readLatin1String: function (address) {
    let text = '';
    for (; HEAPU8[address]; ++address) text += String.fromCharCode(HEAPU8[address]);
    return text;
  },

  // The types that arguments and results have, by their ids; an object's class has those of a pointer to it, too.
  $parleyTypeIds: {},
  // What all objects have; `$$` is where the core's own is, and of which class.
  $ParleyObject: function () {},
  $ParleyObject__postset: 'parleyObjectMethods();',
  $ParleyObject__deps: ['$parleyObjectMethods'],
  $parleyObjectMethods__deps: [],
  $parleyObjectMethods: function () {
    ParleyObject.prototype.isDeleted = function () {
      return !this.$$.address;
    };
    ParleyObject.prototype['delete'] = function () {
      if (!this.$$.address) throw new TypeError('This has been deleted already.');
      this.$$.type.destroy(this.$$.address);
      this.$$.address = 0;
    };
  },

  // Embind's registrations, for classes without bases, smart pointers and overloads: what there is here.
  _embind_register_class__deps: ['$parleyTypeIds', '$ParleyObject', '$readLatin1String', '$getWasmTableEntry'],
  _embind_register_class: function (id, pointer, constPointer, _1, _2, _3, _4, _5, _6, _7, name, _8, destroy) {
    const type = {
      name: readLatin1String(name),
      destroy: getWasmTableEntry(destroy),
      fromWireType: (address) => address,
      toWireType(_, object) {
        const own = object && object.$$;
        if (!own || own.type !== type) throw new TypeError(`This is no ${type.name}.`);
        if (!own.address) throw new TypeError(`This ${type.name} has been deleted.`);
        return own.address;
      },
    };
    type.class = class extends ParleyObject {
      constructor(...given) {
        super();
        Object.defineProperty(this, '$$', { value: { type, address: type.create(...given) } });
      }
    };
    parleyTypeIds[id] = parleyTypeIds[pointer] = parleyTypeIds[constPointer] = type;
    Module[type.name] = type.class;
  },
  _embind_register_class_constructor__deps: ['$parleyTypeIds', '$parleyInvoker', '$getWasmTableEntry'],
  _embind_register_class_constructor: function (id, count, ids, _, invoker, create) {
    const type = parleyTypeIds[id];
    type.create = parleyInvoker(`constructor ${type.name}`, false, count, ids, invoker, create);
  },
  _embind_register_class_function__deps: ['$parleyTypeIds', '$parleyInvoker', '$readLatin1String'],
  _embind_register_class_function: function (id, name, count, ids, _, invoker, target) {
    const type = parleyTypeIds[id];
    name = readLatin1String(name);
    type.class.prototype[name] = parleyInvoker(`${type.name}.${name}`, true, count, ids, invoker, target);
  },

  $parleyInvoker__deps: ['$parleyTypeIds', '$getWasmTableEntry'],
  $parleyInvoker: function (name, isMethod, count, ids, invoker, target) {
    // The types themselves may be registered later.
    const typeIds = [...HEAP32.subarray(ids >> 2, (ids >> 2) + count)];
    const invoke = getWasmTableEntry(invoker);
    return function (...given) {
      // (Emscripten's optimizer takes a declaration of several names at once for unused.)
      const types = typeIds.map((id) => parleyTypeIds[id]);
      const returned = types.shift();
      const object = isMethod ? [types.shift().toWireType(null, this)] : [];
      if (given.length !== types.length) {
        throw new TypeError(`${name} takes ${types.length} arguments, not ${given.length}.`);
      }
      const values = types.map((type, i) => type.read(given[i], `${name}: argument ${i + 1}`));
      const wired = types.map((type, i) => type.toWireType(null, values[i]));
      const result = invoke(target, ...object, ...wired);
      types.forEach((type, i) => type.isText && _free(wired[i]));
      return returned.fromWireType(result);
    };
  },

  $textEncoder: '=new TextEncoder()',
  $textDecoder: '=new TextDecoder("utf-8", { ignoreBOM: true })',

  // A text in WebAssembly's memory: its length in bytes, then the bytes.
  $fromText__deps: ['$textDecoder'],
  $fromText: function (address) {
    const start = address + 4;
    return textDecoder.decode(HEAPU8.subarray(start, start + HEAPU32[address >> 2]));
  },
  $toText__deps: ['$textEncoder'],
  $toText: function (text) {
    const most = 3 * text.length;
    const address = _malloc(4 + most);
    const start = address + 4;
    HEAPU32[address >> 2] = textEncoder.encodeInto(text, HEAPU8.subarray(start, start + most)).written;
    return address;
  },

  // JSON, in which a lone surrogate, here always escaped, is replaced as encodeInto() would.
  $toJson: function (value) {
    const text = JSON.stringify(value);
    return text && text.replace(/\\(ud[89a-f]..|.)/g, (escape, code) => (code[1] ? '\ufffd' : escape));
  },

  $parleyTypes__deps: ['$fromText', '$toText', '$toJson', '$Emval', '_emval_decref'],
  $parleyTypes__postset: 'parleyTypes = parleyTypes();',
  $parleyTypes: function () {
    const mostText = 1 << 20;
    const mostItems = 256;

    function check(holds, what, expected) {
      if (!holds) throw new TypeError(`${what} must be ${expected}.`);
    }
    const number = (most, expected) => (value, what) => {
      check(typeof value === 'number' && value >= 0 && value <= most, what, expected);
      return value;
    };
    const whole = (most) => (value, what) => {
      check(Number.isInteger(value) && value >= 0 && value <= most, what, `a whole number from 0 to ${most}`);
      return value;
    };
    const text = (value, what, most = mostText) => {
      check(typeof value === 'string', what, 'a string');
      check(value.length <= most, what, `a string of at most ${most} characters`);
      return value;
    };
    const boolean = (value, what) => {
      check(typeof value === 'boolean', what, 'true or false');
      return value;
    };
    const choice = (names) => (value, what) => {
      check(names.includes(value), what, `one of ${names.join(', ')}`);
      return value;
    };
    const json = (value, what) => {
      const written = toJson(value);
      check(written !== undefined, what, 'a JSON value');
      return text(written, what);
    };
    const optional = (read) => (value, what) => (value == null ? null : read(value, what));
    const given = (read) => (value, what) => (value === undefined ? null : read(value, what));
    const object = (value, what) => check(value && typeof value === 'object', what, 'an object');
    const record = (fields) => (value, what) => {
      object(value, what);
      const entries = Object.entries(fields);
      return Object.fromEntries(entries.map(([key, read]) => [key, read(value[key], `${what}: ${key}`)]));
    };
    const map = (read) => (value, what) => {
      object(value, what);
      const entries = Object.entries(value);
      check(entries.length <= mostItems, what, `an object of at most ${mostItems} members`);
      return Object.fromEntries(
        entries.map(([key, item]) => [text(key, what), read(item, `${what}: ${key}`)]),
      );
    };
    const list = (read) => (value, what) => {
      check(Array.isArray(value) && value.length <= mostItems, what, `an array of at most ${mostItems}`);
      return Array.from(value, (item, i) => read(item, `${what}[${i}]`));
    };
    const urls = (value, what) => (typeof value === 'string' ? [text(value, what)] : list(text)(value, what));

    const whom = optional(choice(['everybody', 'moderators']));
    const actions = ['admit', 'refuse', 'remove', 'allow', 'ask', 'appoint', 'resign', 'rules', 'end'];
    const slot = record({ name: text, kind: choice(['audio', 'video']) });
    const seed = record([whole(0xffffffff), whole(0xffffffff)]);
    const records = {
      Slot: slot,
      Presence: record({ microphone: boolean, camera: boolean, screen: boolean }),
      SlotMap: map(text),
      Change: record({ name: optional(text), meta: given(json) }),
      Moderation: record({
        action: (value, what) => actions.indexOf(choice(actions)(value, what)),
        id: optional(text),
        what: optional(choice(['microphone', 'camera', 'screen'])),
        rules: optional(
          record({
            locked: optional(boolean),
            private: optional(boolean),
            waitingRoom: optional(boolean),
            share: whom,
            chat: whom,
            members: optional(whole(1_000)),
            endsIn: optional(whole(31_622_400)),
          }),
        ),
      }),
      Candidate: record({
        candidate: text,
        sdpMid: optional(text),
        sdpMLineIndex: optional(whole(0xffff)),
        usernameFragment: optional(text),
      }),
      Config: record({
        url: text,
        room: text,
        name: optional(text),
        meta: optional(json),
        peer: optional(text),
        token: optional(text),
        slots: optional(list(slot)),
        iceServers: optional(list(record({ urls, username: optional(text), credential: optional(text) }))),
        secret: optional(text),
        former: optional(text),
        entropy: optional(text),
        seed,
      }),
      DirectoryConfig: record({
        url: text,
        name: text,
        id: optional(text),
        secret: optional(text),
        former: optional(text),
        token: optional(text),
        seed,
      }),
    };

    const isNumber = (read) => ({ read, toWireType: (_, value) => value });
    const isIndex = (names) => ({ read: choice(names), toWireType: (_, value) => names.indexOf(value) });
    const isText = (read) => ({ isText: true, read, toWireType: (_, value) => toText(value) });

    const handler = () => ({
      read(value, what) {
        object(value, what);
        for (const method of this.methods) {
          check(typeof value[method] === 'function', `${what}: ${method}`, 'a function');
        }
        return value;
      },
      toWireType: (_, value) => Emval.toHandle(value),
    });

    const types = {
      Nothing: { fromWireType() {} },
      Json: {
        fromWireType(address) {
          const value = JSON.parse(fromText(address));
          _free(address);
          return value;
        },
      },
      Instant: isNumber(number(9e15, 'milliseconds since the page began')),
      Handle: isNumber(whole(0xffffffff)),
      CloseCode: isNumber(whole(0xffff)),
      Flag: { read: boolean, toWireType: (_, value) => value },
      MediaKind: isIndex(['audio', 'video']),
      SdpType: isIndex(['offer', 'answer']),
      SignalingState: isIndex([
        'stable',
        'have-local-offer',
        'have-remote-offer',
        'have-local-pranswer',
        'have-remote-pranswer',
        'closed',
      ]),
      IceGatheringState: isIndex(['new', 'gathering', 'complete']),
      IceConnectionState: isIndex([
        'new',
        'checking',
        'connected',
        'completed',
        'disconnected',
        'failed',
        'closed',
      ]),
      PeerConnectionState: isIndex(['new', 'connecting', 'connected', 'disconnected', 'failed', 'closed']),
      Text: isText(text),
      // What a server or a peer sends is no mistake of the caller's: too much of it is not understood, as nothing is.
      ForeignText: isText((value, what) => (text(value, what, Infinity).length > mostText ? '' : value)),
      OptionalText: {
        isText: true,
        read: optional(text),
        toWireType: (_, value) => (value === null ? 0 : toText(value)),
      },
      SessionHandler: handler(),
      DirectoryHandler: handler(),
    };
    for (const [name, read] of Object.entries(records)) {
      types[name] = isText((value, what) => json(read(value, what), what));
    }
    return types;
  },

  parley_register_type__deps: ['$parleyTypeIds', '$readLatin1String', '$parleyTypes', 'malloc', 'free'],
  parley_register_type: function (id, name) {
    parleyTypeIds[id] = parleyTypes[readLatin1String(name)];
  },
  parley_register_handler__deps: ['$readLatin1String', '$parleyTypes'],
  parley_register_handler: function (type, methods) {
    parleyTypes[readLatin1String(type)].methods = readLatin1String(methods).split(' ');
  },

  // What a handler throws is reported as uncaught, and goes no further.
  parley_perform__deps: ['$Emval', '$readLatin1String', '$fromText'],
  parley_perform: function (handler, method, args) {
    const target = Emval.toValue(handler);
    try {
      target[readLatin1String(method)](...JSON.parse(fromText(args)));
    } catch (error) {
      if (typeof reportError === 'function') reportError(error);
      else console.error(error);
    }
  },
});
