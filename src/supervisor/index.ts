/**
 * Supervisors: OTP's supervisor and Elixir's DynamicSupervisor, knows no MQTT.
 */

// For users of the runtime
// For the layers above: internal, does not follow semantic versioning
export {
  actor,
  type ChildOptions,
  type ChildSpec,
  type ParentContext,
  type Slot,
  type Started,
  slotOf,
  startIn,
} from "./child-spec.js"
export type { ChildCounts, ChildInfo } from "./child-table.js"
export type { Intensity, RestartType, Strategy } from "./decide.js"
export {
  type DynamicSupervisor,
  type DynamicSupervisorOptions,
  dynamicSupervisor,
  startDynamicSupervisor,
} from "./dynamic-supervisor.js"
export { ChildError, RestartIntensityError } from "./errors.js"
export { FactoryProgram, type FactoryTemplate } from "./factory-supervisor.js"
export { logReports, type Reporter, type SupervisorReport } from "./report.js"
export {
  type Supervisor,
  SupervisorHandle,
  startSupervisor,
  supervisor,
  supervisorSpec,
} from "./supervisor.js"
export type { SupervisorOptions } from "./supervisor-options.js"
