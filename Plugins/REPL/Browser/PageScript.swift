/// What is run in a page beside the code that was asked for.
enum PageScript {
    /// Describes `this`: readable, and as JSON within the bounds of all languages.
    static let describe = #"""
        function (limit) {
          const omitted = {};
          const above = [];
          let left = 1000;
          const omit = (what, count) => { omitted[what] = (omitted[what] || 0) + count; };
          const cut = (text, most) => {
            if (text.length <= most) return text;
            omit('characters', text.length - most);
            return text.slice(0, most);
          };
          const name = (value) => (Object.prototype.toString.call(value).slice(8, -1) === 'Object'
            ? Object.getPrototypeOf(value)?.constructor?.name ?? 'Object' : Object.prototype.toString.call(value).slice(8, -1));
          const text = (value) => {
            try {
              if (value instanceof Node) return value.outerHTML ?? value.nodeValue ?? value.nodeName;
              if (value instanceof Error) return value.stack || String(value);
              return String(value);
            } catch (error) {
              return `<failed with ${error}>`;
            }
          };
          const of = (value) => {
            left -= 1;
            if (value === null || typeof value === 'boolean') return value;
            if (typeof value === 'number' && Number.isFinite(value)) return value;
            if (typeof value === 'string') return cut(value, 4096);
            const kind = typeof value === 'object' ? name(value) : typeof value;
            if (typeof value !== 'object' || value instanceof Node || value instanceof Error) {
              return { $type: kind, repr: cut(text(value), 200) };
            }
            if (above.includes(value)) return { $type: 'cycle', repr: cut(text(value), 200) };
            if (value instanceof Date) return Number.isNaN(value.getTime()) ? null : value.toISOString();
            const isList = Array.isArray(value) || ArrayBuffer.isView(value) || value instanceof Set || value instanceof NodeList
              || value instanceof HTMLCollection;
            const isPlain = value instanceof Map || kind === 'Object';
            if (!isList && !isPlain && Object.keys(value).length === 0) return { $type: kind, repr: cut(text(value), 200) };
            const entries = isList ? [...value] : value instanceof Map ? [...value] : Object.keys(value).map((key) => [key, value[key]]);
            if (above.length >= 8) {
              omit('items', entries.length);
              return { $type: kind, repr: cut(text(value), 200) };
            }
            above.push(value);
            const result = isList ? [] : {};
            for (let index = 0; index < entries.length; index += 1) {
              if (left <= 0) {
                omit('items', entries.length - index);
                break;
              }
              if (isList) result.push(of(entries[index]));
              else result[cut(String(entries[index][0]), 4096)] = of(entries[index][1]);
            }
            above.pop();
            return result;
          };
          const json = of(this);
          const isText = this instanceof Node || this instanceof Error || typeof this === 'function';
          const whole = isText || json?.$type ? text(this) : JSON.stringify(json, null, 2);
          const described = { repr: whole.slice(0, limit), type: name(this), json };
          if (whole.length > limit) described.omittedCharacters = whole.length - limit;
          if (Object.keys(omitted).length) described.omitted = omitted;
          return described;
        }
        """#

    /// Where the page is.
    static let place = "({ url: location.href, title: document.title })"
}
