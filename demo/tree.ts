/**
 * A supervision tree as lines.
 *
 *     building  supervisor
 *      ├─ thermostat  supervisor
 *      └─ floor-1  supervisor
 */

import type { Tree } from "terrapin/runtime"

/** @param folds whether what is below this one is left out */
export function treeLines(tree: Tree, folds: (tree: Tree) => boolean): string[] {
  return [describe(tree), ...below(tree, folds)]
}

function below({ children }: Tree, folds: (tree: Tree) => boolean): string[] {
  return children.flatMap((child, index) => {
    const isLast = index === children.length - 1
    const inner = folds(child) ? [] : below(child, folds)
    const folded = folds(child) && child.children.length > 0 ? " …" : ""
    return [
      ` ${isLast ? "└" : "├"}─ ${describe(child)}${folded}`,
      ...inner.map((line) => ` ${isLast ? " " : "│"}  ${line}`),
    ]
  })
}

function describe({ name, kind, state }: Tree): string {
  return kind === "statechart" ? `${name}  (${state})` : name
}
