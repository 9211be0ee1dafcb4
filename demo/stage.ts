/**
 * What every act has at hand.
 */

import type { DemoBroker } from "./broker.js"
import type { Building } from "./building.js"
import type { Census } from "./census.js"
import type { Chronicle } from "./chronicle.js"
import type { Ledger } from "./ledger.js"
import type { Narrator } from "./narrator.js"
import { until } from "./until.js"

export interface Stage {
  readonly broker: DemoBroker
  readonly building: Building
  readonly ledger: Ledger
  readonly chronicle: Chronicle
  readonly census: Census
  readonly narrator: Narrator
}

/** Every link is up, and none of them has lost its session. */
export async function allUp({ building, chronicle }: Stage): Promise<void> {
  await until("every link is up", () => building.clients.every((client) => client.status === "up"))
  if (chronicle.reconnects.absent > 0) throw new Error("a reconnect found no session at the broker")
}

/** This many more links are up again than before. */
export async function reconnected(stage: Stage, before: number, count = 1): Promise<void> {
  const { chronicle } = stage
  await until(`${count} more links are up again`, () => reconnectsOf(chronicle) >= before + count)
  await allUp(stage)
}

export function reconnectsOf({ reconnects }: Chronicle): number {
  return reconnects.present + reconnects.absent
}

/** Everything sent so far has arrived. Sensors that measure on have always something on its way, so they are to rest. */
export async function balanced({ ledger }: Stage): Promise<void> {
  await until("everything that was sent has arrived", () => ledger.balanced)
}
