"""What packages depend on, by the output of `cargo metadata`."""


def dependencies(root, nodes):
    """Everything that is compiled when somebody depends on `root`: no dev-dependencies."""
    found, rest = set(), [root]
    while rest:
        for dependency in nodes[rest.pop()]["deps"]:
            kinds = {kind["kind"] for kind in dependency["dep_kinds"]}
            if kinds != {"dev"} and dependency["pkg"] not in found:
                found.add(dependency["pkg"])
                rest.append(dependency["pkg"])
    return found
