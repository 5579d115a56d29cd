"""The public API of sync-twin, a line for each item, by the JSON that rustdoc makes of it.

    python3 public_api.py target/doc/sync_twin.json > runtime/public-api.txt

Exits with 3 if rustdoc speaks another version of that format, so that a newer compiler is no failure.
"""

import json
import sys

FORMAT = 57

# Traits that users cannot name.
UNSTABLE = {"Freeze", "StructuralPartialEq", "UnsafeUnpin"}


class Api:
    def __init__(self, data):
        self.index = data["index"]
        self.lines = {}
        self.module(self.index[str(data["root"])], "sync_twin")

    # ---- items ------------------------------------------------------------------------------------------------

    def module(self, item, path):
        if "#![doc(hidden)]" in map(str, item["attrs"]) or not item["inner"]["module"]["items"]:
            return  # a chapter of the docs has none
        for id in item["inner"]["module"]["items"]:
            self.item(self.index[str(id)], path)

    def item(self, item, path):
        if item["visibility"] != "public":
            return
        kind, inner = next(iter(item["inner"].items()))
        name = f"{path}::{item['name']}"
        if kind == "module":
            if inner["items"]:
                self.line(f"mod {name}")
            self.module(item, name)
        elif kind == "use":
            target = self.index.get(str(inner["id"]))
            if target is None:
                self.line(f"use {path}::{inner['name']} = {inner['source']}")
            else:
                self.item({**target, "visibility": "public", "name": inner["name"]}, path)
        elif kind == "function":
            self.line(self.function(inner, name))
        elif kind == "struct":
            self.line(f"struct {name}{self.generics(inner['generics'])}")
            fields = inner["kind"].get("plain", {}).get("fields", []) if isinstance(inner["kind"], dict) else []
            for id in fields:
                field = self.index[str(id)]
                if field["visibility"] == "public":
                    self.line(f"field {name}::{field['name']}: {self.type(field['inner']['struct_field'])}")
            self.impls(inner["impls"], name)
        elif kind == "enum":
            self.line(f"enum {name}{self.generics(inner['generics'])}")
            for id in inner["variants"]:
                self.line(f"variant {name}::{self.index[str(id)]['name']}")
            self.impls(inner["impls"], name)
        elif kind == "trait":
            bounds = self.bounds(inner["bounds"])
            self.line(f"trait {name}{self.generics(inner['generics'])}{bounds and ': ' + bounds}")
            for id in inner["items"]:
                self.associated(self.index[str(id)], name)
        elif kind in ("macro", "proc_macro"):
            self.line(f"macro {name}")
        else:
            self.line(f"{kind} {name}")

    def impls(self, ids, name):
        for id in ids:
            item = self.index[str(id)]["inner"]["impl"]
            if item["trait"] is None:
                for member in item["items"]:
                    member = self.index[str(member)]
                    if member["visibility"] == "public":
                        self.associated(member, name, self.generics(item["generics"]))
            elif item["blanket_impl"] is None and not item["is_negative"] and item["trait"]["path"] not in UNSTABLE:
                kind = "auto" if item["is_synthetic"] else "impl"
                head = f"{kind}{self.params(item['generics'])} {self.path(item['trait'])}"
                self.line(f"{head} for {self.type(item['for'])}{self.where(item['generics'])}", f"{name}:")

    def associated(self, item, name, where=""):
        kind, inner = next(iter(item["inner"].items()))
        name = f"{name}::{item['name']}"
        if kind == "function":
            self.line(self.function(inner, name) + (f" in{where}" if where else ""))
        else:
            self.line(f"{kind} {name}")

    def line(self, text, key=None):
        """Sorted by what it is about: the path behind the first word, unless there is a `key`."""
        path = key or next(word for word in text.split() if "::" in word or word == "sync_twin")
        self.lines[text] = (path.split("::"), text)

    # ---- parts ------------------------------------------------------------------------------------------------

    def function(self, fn, name):
        header, sig = fn["header"], fn["sig"]
        words = [word for word in ("const", "async", "unsafe") if header[f"is_{word}"]]
        inputs = ", ".join(f"{name}: {self.type(ty)}" for name, ty in sig["inputs"])
        output = f" -> {self.type(sig['output'])}" if sig["output"] else ""
        return " ".join([*words, f"fn {name}"]) + f"{self.params(fn['generics'])}({inputs}){output}" + self.where(fn["generics"])

    def generics(self, generics):
        return self.params(generics) + self.where(generics)

    def params(self, generics):
        names = []
        for param in generics["params"]:
            kind, inner = next(iter(param["kind"].items()))
            if kind == "type" and inner["is_synthetic"]:
                continue
            bounds = self.bounds(inner["bounds"]) if kind == "type" else ""
            names.append(param["name"] + (f": {bounds}" if bounds else ""))
        return f"<{', '.join(names)}>" if names else ""

    def where(self, generics):
        clauses = []
        for predicate in generics["where_predicates"]:
            kind, inner = next(iter(predicate.items()))
            if kind == "bound_predicate":
                clauses.append(f"{self.type(inner['type'])}: {self.bounds(inner['bounds'])}")
            elif kind == "lifetime_predicate":
                clauses.append(f"{inner['lifetime']}: {' + '.join(inner['outlives'])}")
            else:
                clauses.append(f"{self.type(inner['lhs'])} == {inner['rhs']}")
        return f" where {', '.join(clauses)}" if clauses else ""

    def bounds(self, bounds):
        texts = []
        for bound in bounds:
            kind, inner = next(iter(bound.items()))
            if kind == "trait_bound":
                maybe = "?" if inner["modifier"] == "maybe" else ""
                texts.append(maybe + self.path(inner["trait"]))
            else:
                texts.append("use<…>" if kind == "use" else str(inner))
        return " + ".join(texts)

    def path(self, path):
        return path.get("path", path.get("name", "")) + self.args(path.get("args"))

    def args(self, args):
        if not args:
            return ""
        kind, inner = next(iter(args.items()))
        if kind == "parenthesized":
            output = f" -> {self.type(inner['output'])}" if inner["output"] else ""
            return f"({', '.join(map(self.type, inner['inputs']))}){output}"
        if kind != "angle_bracketed":
            return "(..)"
        texts = []
        for arg in inner["args"]:
            kind, value = next(iter(arg.items())) if isinstance(arg, dict) else (arg, None)
            texts.append(self.type(value) if kind == "type" else str(value["expr"] if kind == "const" else value or "_"))
        for constraint in inner["constraints"]:
            binding = constraint["binding"]
            if "equality" in binding:
                value = binding["equality"]
                texts.append(f"{constraint['name']} = {self.type(value['type']) if 'type' in value else value}")
            else:
                texts.append(f"{constraint['name']}: {self.bounds(binding['constraint'])}")
        return f"<{', '.join(texts)}>" if texts else ""

    def type(self, ty):
        if isinstance(ty, str):
            return "_"
        kind, inner = next(iter(ty.items()))
        match kind:
            case "generic" | "primitive":
                return inner
            case "resolved_path":
                return self.path(inner)
            case "tuple":
                return f"({', '.join(map(self.type, inner))})"
            case "slice":
                return f"[{self.type(inner)}]"
            case "array":
                return f"[{self.type(inner['type'])}; {inner['len']}]"
            case "impl_trait":
                return f"impl {self.bounds(inner)}"
            case "dyn_trait":
                traits = " + ".join(self.path(bound["trait"]) for bound in inner["traits"])
                return f"dyn {traits}" + (f" + {inner['lifetime']}" if inner["lifetime"] else "")
            case "borrowed_ref":
                lifetime = f"{inner['lifetime']} " if inner["lifetime"] else ""
                return f"&{lifetime}{'mut ' if inner['is_mutable'] else ''}{self.type(inner['type'])}"
            case "raw_pointer":
                return f"*{'mut' if inner['is_mutable'] else 'const'} {self.type(inner['type'])}"
            case "qualified_path":
                of = f" as {self.path(inner['trait'])}" if inner["trait"] and self.path(inner["trait"]) else ""
                return f"<{self.type(inner['self_type'])}{of}>::{inner['name']}"
            case "function_pointer":
                sig = inner["sig"]
                output = f" -> {self.type(sig['output'])}" if sig["output"] else ""
                return f"fn({', '.join(self.type(ty) for _, ty in sig['inputs'])}){output}"
        return kind


def main(path):
    with open(path, encoding="utf-8") as file:
        data = json.load(file)
    if data["format_version"] != FORMAT:
        print(f"rustdoc's format is {data['format_version']}, and this reads {FORMAT}", file=sys.stderr)
        sys.exit(3)
    lines = Api(data).lines
    print("\n".join(sorted(lines, key=lines.get)))


main(sys.argv[1])
