/// The driver of Node.js.
///
/// Code is evaluated by V8's inspector in the mode of its console, which keeps what is declared and awaits at top level, in the main
/// thread. Requests are heard on another, which can terminate what runs there.
enum NodeDriver {
    /// What is evaluated directly imports as this does.
    static let start = #"""
        eval(((fs) => {
          const read = (size) => {
            const bytes = Buffer.alloc(size);
            for (let count = 0; count < size; count += fs.readSync(4, bytes, count, size - count));
            return bytes.toString();
          };
          let size = '';
          while (!size.endsWith('\n')) size += read(1);
          return read(Number(size));
        })(require('fs')));
        """#

    static let source = #"""
        (() => {
          'use strict';
          const { Session } = require('inspector');
          const { Worker } = require('worker_threads');
          const fs = require('fs');
          const { createRequire, builtinModules } = require('module');
          const util = require('util');
          const streams = [process.stdout, process.stderr];
          const writes = streams.map((stream) => stream.write.bind(stream));
          const limits = { nodes: 1000, depth: 8, characters: 4096 };

          const cut = (text, limit) => (text.length <= limit ? [text, 0] : [text.slice(0, limit), text.length - limit]);
          const safe = (make) => {
            try {
              return String(make());
            } catch (error) {
              return `<failed with ${typeName(error)}>`;
            }
          };
          const typeName = (value) => {
            if (value === null) return 'null';
            if (typeof value !== 'object') return typeof value;
            try {
              return Object.getPrototypeOf(value)?.constructor?.name || 'Object';
            } catch {
              return 'Object';
            }
          };
          const inspect = (value) => safe(() => util.inspect(value, { depth: 4, maxArrayLength: 200, maxStringLength: 10000 }));

          // A value as JSON, within bounds; what is left out is counted.
          const structure = (root) => {
            const omitted = {};
            const above = [];
            let left = limits.nodes;
            const omit = (what, count) => {
              omitted[what] = (omitted[what] || 0) + count;
            };
            const other = (value, note) => {
              const [text, rest] = cut(inspect(value), 200);
              if (rest) omit('characters', rest);
              return { $type: note || typeName(value), repr: text };
            };
            const of = (value) => {
              left -= 1;
              if (value === null || typeof value === 'boolean') return value;
              if (typeof value === 'number') return Number.isFinite(value) ? value : other(value, 'number');
              if (typeof value === 'string') {
                const [text, rest] = cut(value, limits.characters);
                if (rest) omit('characters', rest);
                return text.toWellFormed ? text.toWellFormed() : text;
              }
              if (typeof value !== 'object' || util.types.isProxy(value)) return other(value);
              if (above.includes(value)) return other(value, 'cycle');
              const isList = Array.isArray(value) || (ArrayBuffer.isView(value) && 'length' in value) || value instanceof Set;
              const prototype = Object.getPrototypeOf(value);
              const isPlain = prototype === null || prototype.constructor?.name === 'Object' || value instanceof Map;
              if (value instanceof Date) return Number.isNaN(value.getTime()) ? other(value) : value.toISOString();
              if (!isList && !isPlain) return other(value);
              const entries = value instanceof Map ? [...value] : value instanceof Set ? [...value] : isList ? value : Object.keys(value);
              if (above.length >= limits.depth) {
                omit('items', entries.length);
                return other(value);
              }
              above.push(value);
              const result = isList ? [] : {};
              for (let index = 0; index < entries.length; index += 1) {
                if (left <= 0) {
                  omit('items', entries.length - index);
                  break;
                }
                if (isList) {
                  result.push(of(entries[index]));
                  continue;
                }
                const [key, element] = value instanceof Map ? entries[index] : [entries[index], value[entries[index]]];
                result[cut(typeof key === 'string' ? key : inspect(key), limits.characters)[0]] = of(element);
              }
              above.pop();
              return result;
            };
            const json = of(root);
            return Object.keys(omitted).length ? { json, omitted } : { json };
          };

          const describeValue = (value, limit) => {
            const [text, rest] = cut(inspect(value), limit);
            const described = { repr: text, type: typeName(value), ...structure(value) };
            if (rest) described.omittedCharacters = rest;
            return described;
          };

          const describeException = (error, limit, place) => {
            const isError = util.types.isNativeError(error) || error instanceof Error;
            let trace = isError ? safe(() => error.stack || String(error)) : inspect(error);
            if (isError && Object.keys(error).length) trace = inspect(error);
            if (isError && error.name === 'SyntaxError' && place) trace = `${place}\n${String(error)}`;
            // Below the code is what has evaluated it.
            trace = trace.replace(/\n +at Session\.post \(node:inspector[^]*?(?=\n(?! +at )|$)/, '');
            const [text, rest] = cut(trace, limit);
            const described = {
              type: isError ? safe(() => error.name) : typeName(error),
              message: cut(isError ? safe(() => error.message) : inspect(error), limit)[0],
              traceback: text,
            };
            if (rest) described.omittedCharacters = rest;
            return described;
          };

          const session = new Session();
          session.connect();
          // A session of its own thread answers before it returns, but where it waits for a promise.
          const ask = (method, parameters) => {
            let answer = {};
            session.post(method, parameters, (error, result) => {
              answer = { error, result };
            });
            return answer;
          };
          Object.defineProperty(globalThis, Symbol.for('ambit'), {
            value: Object.freeze({
              value: (value, limit) => (value === undefined ? {} : { value: describeValue(value, limit) }),
              exception: (error, limit, place) => ({ exception: describeException(error, limit, place) }),
              load: (name, options) => import(name, options),
            }),
          });
          const ambit = ask('Runtime.evaluate', { expression: "globalThis[Symbol.for('ambit')]" }).result.result.objectId;
          const argument = (remote) =>
            remote.objectId ? { objectId: remote.objectId }
              : 'unserializableValue' in remote ? { unserializableValue: remote.unserializableValue } : { value: remote.value };
          const describe = (what, remote, ...given) => {
            const { error, result } = ask('Runtime.callFunctionOn', {
              functionDeclaration: `function(...given) { return JSON.stringify(this.${what}(...given)); }`,
              objectId: ambit, arguments: [argument(remote), ...given.map((value) => ({ value }))], returnByValue: true, silent: true,
            });
            if (error) return failed(error);
            return result.exceptionDetails ? failed({ message: result.exceptionDetails.text }) : JSON.parse(result.result.value);
          };
          const exception = (type, message) => ({ exception: { type, message, traceback: `${type}: ${message}` } });
          const interrupted = exception('Interrupted', 'the evaluation was interrupted');
          const failed = (error) => (/terminated/.test(error.message) ? interrupted : exception('Error', String(error.message)));

          // Code that is evaluated by itself can't import: the driver does it for it. Strings and comments are left alone.
          const withImports = (code) => {
            if (!/\bimport\s*\(/.test(code)) return code;
            const part = /\/\/[^\n]*|\/\*[^]*?\*\/|'(?:\\[^]|[^'\\\n])*'|"(?:\\[^]|[^"\\\n])*"|(?<![.\w$])import(?=\s*\()/g;
            return code.replace(part, (found) => (found === 'import' ? "globalThis[Symbol.for('ambit')].load" : found));
          };

          let current = null;
          let count = 0;
          const queue = [];
          const send = (message) => {
            const data = Buffer.from(JSON.stringify(message));
            let rest = Buffer.concat([Buffer.from(`${data.length}\n`), data]);
            while (rest.length) rest = rest.subarray(fs.writeSync(3, rest));
          };
          const finish = (request, answer) => {
            if (current !== request) return;
            current = null;
            for (const write of writes) write(`\0ambit-end ${request.id}\0`);
            session.post('Runtime.releaseObjectGroup', { objectGroup: 'ambit' });
            session.post('Runtime.discardConsoleEntries');
            send({ id: request.id, ...answer });
            setImmediate(begin);
          };
          const begin = () => {
            if (current || !queue.length) return;
            const request = queue.shift();
            current = request;
            count += 1;
            const name = `<node:${count}>`;
            const parameters = {
              expression: `${withImports(request.code)}\n//# sourceURL=${name}`, replMode: true, awaitPromise: true, objectGroup: 'ambit',
              silent: true,
            };
            session.post('Runtime.evaluate', parameters, (error, result) => {
              if (current !== request) return;
              if (error) return finish(request, failed(error));
              const details = result.exceptionDetails;
              if (!details) return finish(request, describe('value', result.result, request.limit));
              const place = `${name}:${details.lineNumber + 1}:${details.columnNumber + 1}`;
              finish(request, describe('exception', details.exception ?? { value: details.text }, request.limit, place));
            });
          };

          globalThis.require = createRequire(`${process.cwd()}/`);
          globalThis.module = { exports: {} };
          globalThis.exports = globalThis.module.exports;
          const define = (name, property) =>
            Object.defineProperty(globalThis, name, { ...property, enumerable: false, configurable: true });
          for (const name of builtinModules) {
            if (/[/_]/.test(name) || name in globalThis) continue;
            const set = (value) => define(name, { value, writable: true });
            const get = () => {
              const found = require(name);
              set(found);
              return found;
            };
            define(name, { get, set });
          }
          process.argv.length = 1;
          process.on('SIGINT', () => {});
          // What waits then fails, and that is no answer: the end of the process is.
          process.on('exit', () => {
            current = null;
          });
          // What fails in the background is told, and takes nothing with it.
          process.on('uncaughtException', (error) => {
            writes[1](`Uncaught ${inspect(error)}\n`);
          });

          // Requests are heard on a thread beside, which can interrupt this one.
          const beside = () => {
            const { parentPort } = require('worker_threads');
            const { Session } = require('inspector');
            const net = require('net');
            const wait = (milliseconds) => new Promise((done) => setTimeout(done, milliseconds));
            let answered = () => {};
            parentPort.on('message', () => answered());

            // Code that only waits has nothing to be terminated: it is left to its promise.
            const interrupt = async (id) => {
              const isIdle = new Promise((done) => {
                answered = () => done(true);
              });
              parentPort.postMessage({ ping: true });
              if (!(await Promise.race([isIdle, wait(100)]))) {
                const session = new Session();
                session.connectToMainThread();
                await new Promise((done) => session.post('Runtime.terminateExecution', done));
                session.disconnect();
              }
              // Where the code ended by itself meanwhile, the first of these is what is terminated.
              parentPort.postMessage({ settle: id });
              await wait(20);
              parentPort.postMessage({ settle: id });
            };

            let data = Buffer.alloc(0);
            const socket = new net.Socket({ fd: 4, readable: true, writable: false });
            socket.on('data', (chunk) => {
              data = Buffer.concat([data, chunk]);
              for (;;) {
                const end = data.indexOf(10);
                const size = end < 0 ? 0 : Number(data.subarray(0, end).toString());
                if (end < 0 || data.length < end + 1 + size) return;
                const message = JSON.parse(data.subarray(end + 1, end + 1 + size).toString());
                data = data.subarray(end + 1 + size);
                if (message.interrupt) interrupt(message.interrupt);
                else parentPort.postMessage({ request: message });
              }
            });
            socket.on('end', () => process.kill(process.pid, 'SIGTERM'));
          };
          const worker = new Worker(`(${beside})()`, { eval: true });
          worker.on('message', ({ request, settle }) => {
            if (request) {
              queue.push(request);
              begin();
            } else if (settle) {
              if (current?.id === settle) finish(current, interrupted);
            } else {
              worker.postMessage(true);
            }
          });
          send({ ready: `Node.js ${process.versions.node}` });
        })();
        """#
}
