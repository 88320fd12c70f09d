"""Writes a plugin in C that stands between a host and another plugin: each call of the ABI, in both directions, becomes bytes, is read back from a
copy of them, and only then made. A declaration in the headers that can't be sent so is an error here.

    generate.py HEADERS PLUGIN.so > proxy.c
"""

from __future__ import annotations

import sys
from pathlib import Path

from headers import Function, Interface, NotSendable, Struct, Value, parse

# Tables whose objects hold pointers of the plugin's own: items, memory, resources. They live on the plugin's side of a link, so that their calls
# never cross it (DESIGN section 5: channels, arenas and the like belong to the worker).
LOCAL = {"ambit_host_channel", "ambit_host_arena", "ambit_host_kind"}
# The plugin's values that a lease hands back to it: tokens on the host's side, never read there.
OPAQUE = {"value"}


class Generator:
    def __init__(self, interface: Interface) -> None:
        self.interface = interface
        self.out: list[str] = []
        self.sites: list[str] = []  # callback sites: a trampoline on one side, a delivery on the other
        self.serves: list[str] = []
        self.structs_done: set[str] = set()

    def emit(self, text: str) -> None:
        self.out.append(text)

    # ---- Types

    def struct_of(self, type: str) -> Struct | None:
        """The struct that `const X *` or `X *` points to."""
        name = type.removeprefix("const ").removeprefix("struct ").rstrip("* ").strip()
        return self.interface.structs.get(name) if type.endswith("*") and "**" not in type and "*const" not in type else None

    def scalar(self, type: str) -> str | None:
        return self.interface.scalar(type)

    def has_size(self, struct: Struct) -> bool:
        return bool(struct.values) and struct.values[0].name == "struct_size"

    # ---- Structs

    def needs(self, struct: Struct) -> None:
        """Makes put_ and get_ of a struct, and of those inside it."""
        if struct.name in self.structs_done:
            return
        self.structs_done.add(struct.name)
        put, get = [], []
        fields = struct.fields
        counts: dict[str, str] = {}
        for index, field in enumerate(fields):
            if isinstance(field, Value) and field.type.startswith("const ") and field.type.endswith("*") and not self.is_nested(field):
                following = fields[index + 1] if index + 1 < len(fields) else None
                if not isinstance(following, Value) or not following.name.endswith("_count"):
                    raise NotSendable(f"{struct.name}.{field.name}: a pointer without a count")
                counts[field.name] = following.name
        skipped = set(counts.values())
        functions = struct.functions
        nested = None
        for field in fields:
            if isinstance(field, Function) or field.name in skipped:
                continue
            if field.name in counts:
                self.array_field(struct, field, counts[field.name], put, get)
            elif self.is_nested(field):
                inner = self.struct_of(field.type)
                self.needs(inner)
                put.append(f"    put_int32_t(m, v->{field.name} != NULL); if (v->{field.name}) put_{inner.name}(m, v->{field.name});")
                get.append(
                    f"    if (get_int32_t(m)) {{ {inner.name} *inner = keep(m, sizeof *inner); get_{inner.name}(m, inner); v->{field.name} = inner; }}")
                if inner.functions:
                    nested = inner
            elif field.type == "void *" and field.name == "context":
                pass  # stands in the registration
            else:
                self.plain_field(struct, field, put, get)
        if functions:
            self.functions_of(struct, functions, nested, put, get)
        self.emit(f"static void put_{struct.name}(packet *m, const {struct.name} *v) {{\n" + "\n".join(put) + "\n}\n")
        self.emit(f"static void get_{struct.name}(packet *m, {struct.name} *v) {{\n    memset(v, 0, sizeof *v);\n" + "\n".join(get) + "\n}\n")

    def is_nested(self, field: Value) -> bool:
        struct = self.struct_of(field.type)
        return struct is not None and self.has_size(struct) and struct.name not in ("ambit_text", "ambit_bytes")

    def plain_field(self, struct: Struct, field: Value, put: list[str], get: list[str]) -> None:
        name = field.name
        if scalar := self.scalar(field.type):
            put.append(f"    put_{scalar}(m, v->{name});")
            get.append(f"    v->{name} = get_{scalar}(m);")
        elif field.type in ("ambit_text", "ambit_bytes"):
            put.append(f"    put_{field.type}(m, v->{name});")
            get.append(f"    v->{name} = get_{field.type}(m);")
        elif field.type.startswith("char ["):
            put.append(f"    put_raw(m, v->{name}, sizeof v->{name});")
            get.append(f"    get_raw(m, v->{name}, sizeof v->{name});")
        else:
            raise NotSendable(f"{struct.name}.{name}: {field.type}")

    def array_field(self, struct: Struct, field: Value, count: str, put: list[str], get: list[str]) -> None:
        name = field.name
        put.append(f"    put_uint64_t(m, v->{count});")
        get.append(f"    v->{count} = get_uint64_t(m);")
        if field.type in ("const ambit_bytes *", "const ambit_text *"):
            element = field.type.removeprefix("const ").removesuffix(" *")
            put.append(f"    for (uint64_t i = 0; i < v->{count}; i++) put_{element}(m, v->{name}[i]);")
            get.append(
                f"    {{ {element} *items = keep(m, v->{count} * sizeof *items);\n"
                f"      for (uint64_t i = 0; i < v->{count}; i++) items[i] = get_{element}(m);\n      v->{name} = items; }}")
        elif field.type.endswith("*const *"):
            element = field.type.removeprefix("const ").removesuffix(" *const *")
            self.needs(self.interface.structs[element])
            put.append(f"    for (uint64_t i = 0; i < v->{count}; i++) put_{element}(m, v->{name}[i]);")
            get.append(self.read_pointers(element, f"v->{count}", f"v->{name}"))
        else:
            raise NotSendable(f"{struct.name}.{name}: {field.type}")

    def read_pointers(self, element: str, count: str, target: str) -> str:
        return (
            # Names that no parameter has: one called `items` would be hidden.
            f"    {{ const {element} **list_ = keep(m, {count} * sizeof *list_);\n"
            f"      for (uint64_t i = 0; i < {count}; i++) {{ {element} *each_ = keep(m, sizeof *each_); get_{element}(m, each_); list_[i] = each_; }}\n"
            f"      {target} = list_; }}")

    def functions_of(
        self, struct: Struct, functions: list[Function], nested: Struct | None, put: list[str], get: list[str]
    ) -> None:
        """A registration: its functions and their context get a number on the plugin's side and a box on the host's."""
        has_context = any(isinstance(f, Value) and f.name == "context" for f in struct.fields)
        if has_context:
            first = 0
            put.append("    { registration *r = new_registration(m, v->context); uint32_t mask = 0;")
            get.append("    { box *b = new_box(m, get_uint64_t(m)); uint32_t mask = get_uint32_t(m);\n      v->context = b;")
        elif nested:
            # The struct inside has the context, and a registration and a box with it; these functions belong to them.
            first = len(nested.functions)
            put.append("    { registration *r = amend_last(m); uint32_t mask = 0;")
            get.append("    { (void)get_uint64_t(m); uint32_t mask = get_uint32_t(m);")
        else:
            raise NotSendable(f"{struct.name}: functions without a context")
        for number, function in enumerate(functions, first):
            site = f"{struct.name}_{function.name}"
            self.callback(site, function, number, ends=function.name == "destroyed")
            put.append(f"      if (v->{function.name}) {{ r->functions[{number}] = (any_function)v->{function.name}; mask |= 1u << {number}; }}")
            get.append(f"      if (mask & 1u << {number}) v->{function.name} = call_{site};")
        put.append("      put_uint64_t(m, r->id); put_uint32_t(m, mask); }")
        get.append("    }")

    # ---- Callbacks

    def callback(self, site: str, function: Function, number: int, ends: bool) -> None:
        """`call_SITE` is what the host calls; `deliver_SITE` calls the plugin with what it read."""
        result = function.result
        if result not in ("void", "int32_t"):
            raise NotSendable(f"{site} returns {result}")
        parameters = list(function.parameters)
        if not parameters or parameters[0].type != "void *":
            raise NotSendable(f"{site} has no context to tell it by")
        put, get, names = [], [], []
        index = 1
        while index < len(parameters):
            p = parameters[index]
            following = parameters[index + 1] if index + 1 < len(parameters) else None
            if isinstance(p, Function):
                raise NotSendable(f"{site}: a callback in a callback")
            index += self.input(site, p, following, put, get)
            names.append(p.name)
            if p.type.endswith("*const *"):
                names.append(following.name)
        signature = ", ".join(f"{p.type}{'' if p.type.endswith('*') else ' '}{p.name}" for p in parameters)
        code = len(self.sites)
        self.sites.append(site)
        answer = result != "void"
        self.emit(
            f"static void deliver_{site}(packet *m, packet *answer_) {{\n"
            f"    uint64_t id = get_uint64_t(m);\n    registration r = find_registration(id);\n"
            + "\n".join("    " + line for line in get)
            + (f"\n    end_registration(id);" if ends else "")
            + f"\n    {'int32_t result_ = ' if answer else ''}(({result} (*)({signature}))r.functions[{number}])"
            + f"({', '.join(['r.context', *names])});\n"
            + ("    put_int32_t(answer_, result_);\n" if answer else "    (void)answer_;\n") + "}\n"
            + f"static {result} call_{site}({signature}) {{\n"
            f"    box *b = {parameters[0].name};\n    packet request_ = {{0}}, *m = &request_, copy_, answer_ = {{0}}, back_;\n"
            f"    called_back[{code}]++;\n    put_uint64_t(m, b->id);\n"
            + "\n".join("    " + line for line in put)
            + f"\n    send_copy(m, &copy_);\n    deliver_{site}(&copy_, &answer_);\n    send_copy(&answer_, &back_);\n"
            + ("    int32_t result_ = get_int32_t(&back_);\n" if answer else "")
            + "    end_message(m); end_message(&copy_); end_message(&answer_); end_message(&back_);\n"
            + ("    free(b);\n" if ends else "") + ("    return result_;\n" if answer else "") + "}\n")

    def input(self, where: str, p: Value, following: Value | None, put: list[str], get: list[str]) -> int:
        """What goes in one direction only; returns how many parameters that were."""
        if scalar := self.scalar(p.type):
            put.append(f"put_{scalar}(m, {p.name});")
            get.append(f"{p.type} {p.name} = get_{scalar}(m);")
        elif p.type in ("ambit_text", "ambit_bytes"):
            put.append(f"put_{p.type}(m, {p.name});")
            get.append(f"{p.type} {p.name} = get_{p.type}(m);")
        elif p.type == "void *" and p.name in OPAQUE:
            put.append(f"put_uint64_t(m, (uint64_t)(uintptr_t){p.name});")
            get.append(f"void *{p.name} = (void *)(uintptr_t)get_uint64_t(m);")
        elif p.type.endswith("*const *") and following is not None and following.type == "uint64_t":
            element = p.type.removeprefix("const ").removesuffix(" *const *")
            self.needs(self.interface.structs[element])
            put.append(f"put_uint64_t(m, {following.name}); for (uint64_t i = 0; i < {following.name}; i++) put_{element}(m, {p.name}[i]);")
            get.append(f"uint64_t {following.name} = get_uint64_t(m); const {element} *const *{p.name} = NULL;")
            get.append(self.read_pointers(element, following.name, p.name))
            return 2
        elif (struct := self.struct_of(p.type)) and p.type.startswith("const ") and self.has_size(struct):
            self.needs(struct)
            put.append(f"put_int32_t(m, {p.name} != NULL); if ({p.name}) put_{struct.name}(m, {p.name});")
            get.append(f"{struct.name} {p.name}_value, *{p.name} = NULL; if (get_int32_t(m)) {{ get_{struct.name}(m, &{p.name}_value); {p.name} = &{p.name}_value; }}")
        elif (struct := self.struct_of(p.type)) and p.type.startswith("const ") and following is not None and following.type == "uint64_t":
            self.needs(struct)
            put.append(f"put_uint64_t(m, {following.name}); for (uint64_t i = 0; i < {following.name}; i++) put_{struct.name}(m, &{p.name}[i]);")
            get.append(
                f"uint64_t {following.name} = get_uint64_t(m); {struct.name} *{p.name} = keep(m, {following.name} * sizeof *{p.name});"
                f" for (uint64_t i = 0; i < {following.name}; i++) get_{struct.name}(m, &{p.name}[i]);")
            return 2
        else:
            raise NotSendable(f"{where}: {p.type} {p.name}")
        return 1

    # ---- The host's functions

    def table(self, table: Struct) -> None:
        short = table.name.removeprefix("ambit_host_")
        if table.name in LOCAL:
            return
        self.emit(f"static const {table.name} *real_{short};\n")
        for function in table.functions:
            self.host_function(short, function)
        entries = ",\n".join(f"    .{f.name} = send_{short}_{f.name}" for f in table.functions)
        self.emit(f"static const {table.name} proxy_{short} = {{\n    .struct_size = sizeof(proxy_{short}),\n{entries},\n}};\n")

    def host_function(self, table: str, function: Function) -> None:
        where = f"{table}.{function.name}"
        put, get, arguments, answer, back = [], [], [], [], []
        parameters = list(function.parameters)
        index = 0
        while index < len(parameters):
            p = parameters[index]
            following = parameters[index + 1] if index + 1 < len(parameters) else None
            if isinstance(p, Function):
                raise NotSendable(f"{where}: the callback {p.name} has no context")
            if p.type == "void *" and isinstance(following, Function):
                self.one_shot(table, function, p, following, put, get)
                arguments += [p.name, following.name]
                index += 2
                continue
            if p.type in ("char *", "uint8_t *"):
                # A buffer, its capacity, and the size that becomes known.
                put.append("put_uint64_t(m, buffer ? capacity : 0);")
                get.append("uint64_t capacity = get_uint64_t(m); uint64_t size_value = 0, *size = &size_value;")
                get.append(f"{p.type}buffer = capacity ? keep(m, capacity) : NULL;")
                answer.append("put_uint64_t(out_, size_value); put_int32_t(out_, buffer && capacity >= size_value);")
                answer.append("if (buffer && capacity >= size_value) put_raw(out_, buffer, size_value);")
                back.append("{ uint64_t written = get_uint64_t(&back_); if (size) *size = written; if (get_int32_t(&back_)) get_raw(&back_, buffer, written); }")
                arguments += ["buffer", "capacity", "size"]
                index += 3
                continue
            if p.type.startswith("char ["):
                capacity = p.type[6:-1]
                get.append(f"char {p.name}[{capacity}]; memset({p.name}, 0, sizeof {p.name});")
                answer.append(f"put_raw(out_, {p.name}, sizeof {p.name});")
                back.append(f"get_raw(&back_, {p.name}, {capacity});")
                arguments.append(p.name)
                index += 1
                continue
            if p.type.endswith("*") and not p.type.startswith("const ") and p.type != "void *":
                self.output(where, p, put, get, answer, back)
                arguments.append(p.name)
                index += 1
                continue
            used = self.input(where, p, following, put, get)
            arguments += [parameters[index + i].name for i in range(used)]
            index += used
        self.send(table, function, put, get, arguments, answer, back)

    def output(self, where: str, p: Value, put: list[str], get: list[str], answer: list[str], back: list[str]) -> None:
        pointee = p.type.removesuffix("*").strip()
        put.append(f"put_int32_t(m, {p.name} != NULL);")
        if scalar := self.scalar(pointee):
            get.append(f"{pointee} {p.name}_value = 0, *{p.name} = get_int32_t(m) ? &{p.name}_value : NULL;")
            answer.append(f"put_{scalar}(out_, {p.name}_value);")
            back.append(f"{{ {scalar} value = get_{scalar}(&back_); if ({p.name} && status_is_ok) *{p.name} = value; }}")
        elif pointee == "ambit_text":
            get.append(f"ambit_text {p.name}_value = {{0}}, *{p.name} = get_int32_t(m) ? &{p.name}_value : NULL;")
            answer.append(f"put_ambit_text(out_, {p.name}_value);")
            back.append(f"{{ ambit_text value = get_ambit_text(&back_); if ({p.name} && status_is_ok) *{p.name} = lend(value); }}")
        elif (struct := self.interface.structs.get(pointee)) and self.has_size(struct):
            self.needs(struct)
            put.append(f"put_uint32_t(m, {p.name} ? {p.name}->struct_size : 0);")
            get.append(f"{pointee} {p.name}_value = {{0}}, *{p.name} = get_int32_t(m) ? &{p.name}_value : NULL; {p.name}_value.struct_size = get_uint32_t(m);")
            get.append(f"if ({p.name}_value.struct_size > sizeof {p.name}_value) {p.name}_value.struct_size = sizeof {p.name}_value;")
            answer.append(f"put_{pointee}(out_, &{p.name}_value);")
            lends = " ".join(f"value.{f.name} = lend(value.{f.name});" for f in struct.values if f.type == "ambit_text")
            back.append(
                f"{{ {pointee} value; get_{pointee}(&back_, &value); if ({p.name}) {{ {lends} uint32_t size = {p.name}->struct_size;"
                f" memcpy({p.name}, &value, size < sizeof value ? size : sizeof value); if (size >= 4) {p.name}->struct_size = size; }} }}")
        else:
            raise NotSendable(f"{where}: {p.type} {p.name}")

    def one_shot(self, table: str, function: Function, context: Value, callback: Function, put: list[str], get: list[str]) -> None:
        site = f"{table}_{function.name}_{callback.name}"
        self.callback(site, callback, 0, ends=True)
        signature = ", ".join(f"{p.type} {p.name}" for p in callback.parameters)
        put.append(f"put_int32_t(m, {callback.name} != NULL);")
        put.append(
            f"if ({callback.name}) {{ registration *r = new_registration(m, {context.name});"
            f" r->functions[0] = (any_function){callback.name}; put_uint64_t(m, r->id); }}")
        get.append(f"{callback.result} (*{callback.name})({signature}) = NULL; void *{context.name} = NULL;")
        get.append(f"if (get_int32_t(m)) {{ {context.name} = new_box(m, get_uint64_t(m)); {callback.name} = call_{site}; }}")

    def send(
        self, table: str, function: Function, put: list[str], get: list[str], arguments: list[str], answer: list[str], back: list[str]
    ) -> None:
        name, result = f"{table}_{function.name}", function.result
        if result not in ("ambit_status", "void", "int32_t", "int64_t"):
            raise NotSendable(f"{table}.{function.name} returns {result}")
        signature = ", ".join(self.declare(p) for p in function.parameters)
        scalar = self.scalar(result)
        code = len(self.serves)
        self.serves.append(f"{table}.{function.name}")
        call = f"real_{table}->{function.name}({', '.join(arguments)})"
        is_status = result == "ambit_status"
        lines = [f"static void serve_{name}(packet *m, packet *out_) {{", *("    " + line for line in get)]
        if scalar:
            lines += [f"    {result} result_ = {call};", f"    put_{scalar}(out_, result_);"]
        else:
            lines += [f"    {call};", "    (void)out_;"]
        if is_status:
            lines.append("    if (result_ != AMBIT_OK) free_boxes(m);")
        lines += [*("    " + line for line in answer), "}", f"static {result} send_{name}({signature}) {{"]
        lines += ["    packet request_ = {0}, *m = &request_, copy_, answer_ = {0}, back_;", f"    sent[{code}]++;", *("    " + line for line in put)]
        lines += ["    send_copy(m, &copy_);", f"    serve_{name}(&copy_, &answer_);", "    send_copy(&answer_, &back_);"]
        if scalar:
            lines.append(f"    {result} result_ = get_{scalar}(&back_);")
        if is_status:
            lines += ["    int status_is_ok = result_ == AMBIT_OK;", "    (void)status_is_ok;", "    if (!status_is_ok) take_back(m);"]
        lines += ["    " + line for line in back]
        lines.append("    end_message(m); end_message(&copy_); end_message(&answer_); end_message(&back_);")
        if scalar:
            lines.append("    return result_;")
        self.emit("\n".join([*lines, "}", ""]))

    def declare(self, p: Value | Function) -> str:
        if isinstance(p, Function):
            return f"{p.result} (*{p.name})({', '.join(self.declare(q) for q in p.parameters)})"
        if p.type.endswith("]"):
            base, size = p.type[:-1].split(" [")
            return f"{base} {p.name}[{size}]"
        return f"{p.type}{'' if p.type.endswith('*') else ' '}{p.name}"

    # ---- All of it

    def run(self, plugin: str) -> str:
        for table in self.interface.tables:
            self.table(table)
        for offered in ("ambit_tool", "ambit_readable", "ambit_prompt"):
            self.needs(self.interface.structs[offered])
        extensions = self.interface.extensions
        find = "\n".join(
            f"    if (strcmp(id, {extensions[t.name.removeprefix('ambit_host_')]}) == 0) "
            + ("return real;" if t.name in LOCAL else
               f"{{ real_{t.name.removeprefix('ambit_host_')} = real; return &proxy_{t.name.removeprefix('ambit_host_')}; }}")
            for t in self.interface.tables)
        here = Path(__file__).parent
        counters = f"static uint64_t sent[{len(self.serves) + 1}], called_back[{len(self.sites) + 1}];\n"
        names = "static const char *const sent_names[] = {" + ", ".join(f'"{s}"' for s in self.serves) + ", NULL};\n"
        names += "static const char *const callback_names[] = {" + ", ".join(f'"{s}"' for s in self.sites) + ", NULL};\n"
        return "\n".join([
            "/* Generated. */", f'#define PLUGIN_PATH "{plugin}"', (here / "runtime.h").read_text(), counters, *self.out, names,
            "static const void *proxy_table(const char *id, const void *real) {\n    if (real == NULL) return NULL;\n" + find
            + '\n    broken("an extension that the proxy does not know");\n    return NULL;\n}\n',
            (here / "entry.h").read_text(),
        ])


def main() -> int:
    folder, plugin = sys.argv[1], sys.argv[2]
    try:
        print(Generator(parse(Path(folder))).run(plugin))
    except NotSendable as problem:
        print(f"the ABI has something that can't be sent to another process: {problem}", file=sys.stderr)
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
