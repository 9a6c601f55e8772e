// Sets what differs of a node. To write the same text or `hidden` again would have the browser settle styles anew at every move.
export function put(node, properties) {
  for (const [name, value] of Object.entries(properties)) {
    if (name.startsWith('aria-')) {
      if (node.getAttribute(name) !== value) node.setAttribute(name, value);
    } else if (node[name] !== value) node[name] = value;
  }
}
