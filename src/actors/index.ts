/**
 * The client's tree: connection, session, inflight, handler, under their supervisors. Internal; the face is src/client.
 */

export type { ConnectionMessage, DisconnectRequest } from "./connection-messages.js"
export { leaveFilter, type SubscribeOutcome, subscribeRefusal, type UnsubscribeOutcome } from "./declared.js"
export { Delivery, type DeliveryReply, type Recipient } from "./delivery.js"
export { DroppingQueue } from "./dropping-queue.js"
export { CLIENT_EVENT_KINDS, type ClientEvent, type ClientEventKind, EventHub, type QuietEventKind } from "./events.js"
export { forbidden, forbiddenRequest } from "./fitting.js"
export { type CallbackResult, type HandlerCallbacks, type HandlerPlan, HandlerProgram } from "./handler.js"
export type { HandlerMessage, SubscriptionStatus } from "./handler-messages.js"
export { handlerQueue } from "./handler-queue.js"
export { connectPacket } from "./handshake.js"
export { startInbound, startOutbound } from "./inflight.js"
export { type Message, ReceivedMessage } from "./message.js"
export { closedPort, Port, type Publishable } from "./port.js"
export type { ClientScope, HandlerInbox } from "./scope.js"
export type { ClientSettings } from "./settings.js"
export { QOS0_OUTCOME } from "./settling.js"
export { clientTree } from "./tree.js"
