/**
 * What every act has at hand.
 */

import type { DemoBroker } from "./broker.js"
import type { Building } from "./building.js"
import type { Census } from "./census.js"
import type { Chronicle } from "./chronicle.js"
import type { Ledger } from "./ledger.js"
import type { Narrator } from "./narrator.js"
import { BrokeOffError, type Patience } from "./patience.js"

export interface Stage {
  readonly broker: DemoBroker
  readonly building: Building
  readonly ledger: Ledger
  readonly chronicle: Chronicle
  readonly census: Census
  readonly narrator: Narrator
  readonly patience: Patience
}

/** Every link is up. @throws (rejects) BrokeOffError when one of them has lost its session */
export async function allUp({ building, chronicle, patience }: Stage): Promise<void> {
  await patience.until("every link is up", () => building.clients.every((client) => client.status === "up"))
  if (chronicle.reconnects.absent > 0) throw new BrokeOffError("a reconnect found no session at the broker")
}

/** This many more links are up again than before. */
export async function reconnected(stage: Stage, before: number, count = 1): Promise<void> {
  const { chronicle, patience } = stage
  await patience.until("the links that were lost are up again", () => reconnectsOf(chronicle) >= before + count)
  await allUp(stage)
}

export function reconnectsOf({ reconnects }: Chronicle): number {
  return reconnects.present + reconnects.absent
}

/** Everything sent has arrived. While sensors measure there is always something on its way, so they are to rest. */
export async function balanced({ ledger, patience }: Stage): Promise<void> {
  await patience.until("everything that was sent has arrived", () => ledger.balanced)
}
