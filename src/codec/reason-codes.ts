/**
 * The one table of reason codes (MQTT 5 §2.4, table 2-6) and the little that 3.1.1 has instead.
 * Names and validity per packet are derived from it; nobody else lists codes.
 */

/** The packets that carry a reason code. */
export type ReasonCodeOwner =
  | "connack"
  | "puback"
  | "pubrec"
  | "pubrel"
  | "pubcomp"
  | "suback"
  | "unsuback"
  | "disconnect"
  | "auth"

/** One row: 0x80 and above mean failure. The code 0x00 has three rows, for its name depends on the packet. */
export interface ReasonCodeRow {
  readonly code: number
  /** The standard's words in snake_case. */
  readonly name: string
  readonly in: readonly ReasonCodeOwner[]
}

export const REASON_CODES: readonly ReasonCodeRow[] = [
  { code: 0x00, name: "success", in: ["connack", "puback", "pubrec", "pubrel", "pubcomp", "unsuback", "auth"] },
  { code: 0x00, name: "normal_disconnection", in: ["disconnect"] },
  { code: 0x00, name: "granted_qos_0", in: ["suback"] },
  { code: 0x01, name: "granted_qos_1", in: ["suback"] },
  { code: 0x02, name: "granted_qos_2", in: ["suback"] },
  { code: 0x04, name: "disconnect_with_will_message", in: ["disconnect"] },
  { code: 0x10, name: "no_matching_subscribers", in: ["puback", "pubrec"] },
  { code: 0x11, name: "no_subscription_existed", in: ["unsuback"] },
  { code: 0x18, name: "continue_authentication", in: ["auth"] },
  { code: 0x19, name: "reauthenticate", in: ["auth"] },
  {
    code: 0x80,
    name: "unspecified_error",
    in: ["connack", "puback", "pubrec", "suback", "unsuback", "disconnect"],
  },
  { code: 0x81, name: "malformed_packet", in: ["connack", "disconnect"] },
  { code: 0x82, name: "protocol_error", in: ["connack", "disconnect"] },
  {
    code: 0x83,
    name: "implementation_specific_error",
    in: ["connack", "puback", "pubrec", "suback", "unsuback", "disconnect"],
  },
  { code: 0x84, name: "unsupported_protocol_version", in: ["connack"] },
  { code: 0x85, name: "client_identifier_not_valid", in: ["connack"] },
  { code: 0x86, name: "bad_user_name_or_password", in: ["connack"] },
  { code: 0x87, name: "not_authorized", in: ["connack", "puback", "pubrec", "suback", "unsuback", "disconnect"] },
  { code: 0x88, name: "server_unavailable", in: ["connack"] },
  { code: 0x89, name: "server_busy", in: ["connack", "disconnect"] },
  { code: 0x8a, name: "banned", in: ["connack"] },
  { code: 0x8b, name: "server_shutting_down", in: ["disconnect"] },
  { code: 0x8c, name: "bad_authentication_method", in: ["connack", "disconnect"] },
  { code: 0x8d, name: "keep_alive_timeout", in: ["disconnect"] },
  { code: 0x8e, name: "session_taken_over", in: ["disconnect"] },
  { code: 0x8f, name: "topic_filter_invalid", in: ["suback", "unsuback", "disconnect"] },
  { code: 0x90, name: "topic_name_invalid", in: ["connack", "puback", "pubrec", "disconnect"] },
  { code: 0x91, name: "packet_identifier_in_use", in: ["puback", "pubrec", "suback", "unsuback"] },
  { code: 0x92, name: "packet_identifier_not_found", in: ["pubrel", "pubcomp"] },
  { code: 0x93, name: "receive_maximum_exceeded", in: ["disconnect"] },
  { code: 0x94, name: "topic_alias_invalid", in: ["disconnect"] },
  { code: 0x95, name: "packet_too_large", in: ["connack", "disconnect"] },
  { code: 0x96, name: "message_rate_too_high", in: ["disconnect"] },
  { code: 0x97, name: "quota_exceeded", in: ["connack", "puback", "pubrec", "suback", "disconnect"] },
  { code: 0x98, name: "administrative_action", in: ["disconnect"] },
  { code: 0x99, name: "payload_format_invalid", in: ["connack", "puback", "pubrec", "disconnect"] },
  { code: 0x9a, name: "retain_not_supported", in: ["connack", "disconnect"] },
  { code: 0x9b, name: "qos_not_supported", in: ["connack", "disconnect"] },
  { code: 0x9c, name: "use_another_server", in: ["connack", "disconnect"] },
  { code: 0x9d, name: "server_moved", in: ["connack", "disconnect"] },
  { code: 0x9e, name: "shared_subscriptions_not_supported", in: ["suback", "disconnect"] },
  { code: 0x9f, name: "connection_rate_exceeded", in: ["connack", "disconnect"] },
  { code: 0xa0, name: "maximum_connect_time", in: ["disconnect"] },
  { code: 0xa1, name: "subscription_identifiers_not_supported", in: ["suback", "disconnect"] },
  { code: 0xa2, name: "wildcard_subscriptions_not_supported", in: ["suback", "disconnect"] },
]

/** What 3.1 and 3.1.1 know: CONNACK's return codes (3.1.1 §3.2.2.3) and SUBACK's (§3.9.3). */
export const RETURN_CODES: readonly ReasonCodeRow[] = [
  { code: 0x00, name: "connection_accepted", in: ["connack"] },
  { code: 0x01, name: "unacceptable_protocol_version", in: ["connack"] },
  { code: 0x02, name: "identifier_rejected", in: ["connack"] },
  { code: 0x03, name: "server_unavailable", in: ["connack"] },
  { code: 0x04, name: "bad_user_name_or_password", in: ["connack"] },
  { code: 0x05, name: "not_authorized", in: ["connack"] },
  { code: 0x00, name: "granted_qos_0", in: ["suback"] },
  { code: 0x01, name: "granted_qos_1", in: ["suback"] },
  { code: 0x02, name: "granted_qos_2", in: ["suback"] },
  // 3.1 has no failure code, but servers that speak it send 3.1.1's all the same.
  { code: 0x80, name: "failure", in: ["suback"] },
]

/** The code's name in that packet, in the words of that version; undefined when it may not stand there. */
export function reasonCodeName(code: number, owner: ReasonCodeOwner, version: 3 | 4 | 5): string | undefined {
  return rowsOf(version).find((row) => row.code === code && row.in.includes(owner))?.name
}

/** Whether that packet may carry that code. In 3.1 and 3.1.1 only CONNACK and SUBACK carry one; elsewhere 0 stands for it. */
export function isReasonCode(code: number, owner: ReasonCodeOwner, version: 3 | 4 | 5): boolean {
  return (version === 5 ? validReasons : validReturns)[owner].has(code)
}

/** Every code that may stand in that packet, ascending. */
export function reasonCodesOf(owner: ReasonCodeOwner, version: 3 | 4 | 5): readonly number[] {
  return [...(version === 5 ? validReasons : validReturns)[owner]]
}

type CodesByOwner = { readonly [O in ReasonCodeOwner]: ReadonlySet<number> }

function rowsOf(version: 3 | 4 | 5): readonly ReasonCodeRow[] {
  return version === 5 ? REASON_CODES : RETURN_CODES
}

function codesByOwner(rows: readonly ReasonCodeRow[], otherwise: readonly number[]): CodesByOwner {
  const of = (owner: ReasonCodeOwner): ReadonlySet<number> => {
    const codes = rows.filter((row) => row.in.includes(owner)).map((row) => row.code)
    return new Set(codes.length > 0 ? codes : otherwise)
  }
  return {
    connack: of("connack"),
    puback: of("puback"),
    pubrec: of("pubrec"),
    pubrel: of("pubrel"),
    pubcomp: of("pubcomp"),
    suback: of("suback"),
    unsuback: of("unsuback"),
    disconnect: of("disconnect"),
    auth: of("auth"),
  }
}

const validReasons: CodesByOwner = codesByOwner(REASON_CODES, [])
const validReturns: CodesByOwner = codesByOwner(RETURN_CODES, [0x00])
