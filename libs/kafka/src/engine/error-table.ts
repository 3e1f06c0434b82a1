/**
 * What a code means for the batch that it answers.
 *
 * The message's own faults, a closed list:
 * - `too_large`: this batch will never be taken; a smaller one perhaps.
 * - `invalid`: the topic does not take a record of this batch.
 *
 * Everything else is ours or theirs, and the batch is sent again in its place:
 * - `clock`: with another time.
 * - `sequence`: as the first of a new producer id.
 * - `wait`: it is about the leader, its replicas, a right or the cluster. It takes as long as it takes.
 * - `unlisted`: it might be about a single record. One that is refused so again and again, alone, is put aside.
 */
export type ErrorMeaning = 'taken' | 'too_large' | 'invalid' | 'clock' | 'sequence' | 'wait' | 'unlisted';

/** P: Produce, M: Metadata, I: InitProducerId. */
type Answers = 'P' | 'M' | 'I' | 'PM' | 'PI' | 'PMI';

/**
 * Every code that these requests can be answered with, as of Kafka 3.9 and 4.4, and why it means what it does.
 * test/acceptance/kafka-errors.spec.ts holds both lists to those of Kafka's own client.
 */
const ANSWERED: readonly (readonly [code: number, name: string, by: Answers, meaning: ErrorMeaning, why: string])[] = [
  [-1, 'UNKNOWN_SERVER_ERROR', 'PMI', 'unlisted', 'a bug there, or the record'],
  [0, 'NONE', 'PMI', 'taken', 'success'],
  [2, 'CORRUPT_MESSAGE', 'P', 'unlisted', 'altered on the way, or the record'],
  [3, 'UNKNOWN_TOPIC_OR_PARTITION', 'PM', 'wait', 'created, deleted or moved just now'],
  [5, 'LEADER_NOT_AVAILABLE', 'M', 'wait', 'an election is on'],
  [6, 'NOT_LEADER_OR_FOLLOWER', 'P', 'wait', 'the leader moved; it may have appended first'],
  [7, 'REQUEST_TIMED_OUT', 'PMI', 'wait', 'the replicas are slow; appended all the same'],
  [8, 'BROKER_NOT_AVAILABLE', 'PI', 'wait', 'the broker starts or ends'],
  [9, 'REPLICA_NOT_AVAILABLE', 'PM', 'wait', 'the replica starts or ends'],
  [10, 'MESSAGE_TOO_LARGE', 'P', 'too_large', 'a smaller batch may fit'],
  [13, 'NETWORK_EXCEPTION', 'PMI', 'wait', 'the broker was cut off from another'],
  [14, 'COORDINATOR_LOAD_IN_PROGRESS', 'I', 'wait', 'the coordinator starts'],
  [15, 'COORDINATOR_NOT_AVAILABLE', 'I', 'wait', 'the coordinator is away'],
  [16, 'NOT_COORDINATOR', 'I', 'wait', 'the coordinator moved'],
  [17, 'INVALID_TOPIC_EXCEPTION', 'PM', 'wait', 'a name that the cluster does not allow'],
  [18, 'RECORD_LIST_TOO_LARGE', 'P', 'too_large', 'more than a segment holds'],
  [19, 'NOT_ENOUGH_REPLICAS', 'P', 'wait', 'replicas are away'],
  [20, 'NOT_ENOUGH_REPLICAS_AFTER_APPEND', 'P', 'wait', 'replicas are away; appended all the same'],
  [21, 'INVALID_REQUIRED_ACKS', 'P', 'unlisted', 'a broker that does not know acks=all'],
  [29, 'TOPIC_AUTHORIZATION_FAILED', 'PM', 'wait', 'somebody will give us the right'],
  [31, 'CLUSTER_AUTHORIZATION_FAILED', 'PMI', 'wait', 'somebody will give us the right'],
  [32, 'INVALID_TIMESTAMP', 'P', 'clock', 'our clock is not theirs'],
  [34, 'ILLEGAL_SASL_STATE', 'PMI', 'wait', 'logged in too early or too late'],
  [35, 'UNSUPPORTED_VERSION', 'PMI', 'wait', 'a broker is being up- or downgraded'],
  [41, 'NOT_CONTROLLER', 'PMI', 'wait', 'the controller moved'],
  [42, 'INVALID_REQUEST', 'PMI', 'unlisted', 'a bug on either side, or the record'],
  [43, 'UNSUPPORTED_FOR_MESSAGE_FORMAT', 'P', 'invalid', 'the topic stores an older format'],
  [44, 'POLICY_VIOLATION', 'P', 'unlisted', 'a policy of whoever runs the brokers'],
  [45, 'OUT_OF_ORDER_SEQUENCE_NUMBER', 'P', 'sequence', 'the broker lost count'],
  [46, 'DUPLICATE_SEQUENCE_NUMBER', 'P', 'taken', 'an earlier attempt wrote it'],
  [47, 'INVALID_PRODUCER_EPOCH', 'PI', 'sequence', 'another producer has the id'],
  [48, 'INVALID_TXN_STATE', 'PI', 'unlisted', 'of transactions'],
  [49, 'INVALID_PRODUCER_ID_MAPPING', 'PI', 'sequence', 'the producer id is unknown'],
  [50, 'INVALID_TRANSACTION_TIMEOUT', 'I', 'wait', 'a limit of the cluster for producer ids'],
  [51, 'CONCURRENT_TRANSACTIONS', 'PI', 'wait', 'the coordinator is busy'],
  [53, 'TRANSACTIONAL_ID_AUTHORIZATION_FAILED', 'PI', 'wait', 'somebody will give us the right'],
  [56, 'KAFKA_STORAGE_ERROR', 'P', 'wait', 'their disk fails; it may be written'],
  [58, 'SASL_AUTHENTICATION_FAILED', 'PMI', 'wait', 'the login failed'],
  [59, 'UNKNOWN_PRODUCER_ID', 'P', 'sequence', 'the broker forgot the producer'],
  [72, 'LISTENER_NOT_FOUND', 'M', 'wait', 'the broker starts or ends'],
  [74, 'FENCED_LEADER_EPOCH', 'PM', 'wait', 'the leader is another'],
  [75, 'UNKNOWN_LEADER_EPOCH', 'PM', 'wait', 'the leader is another'],
  [76, 'UNSUPPORTED_COMPRESSION_TYPE', 'P', 'invalid', 'the topic does not take this compression'],
  [77, 'STALE_BROKER_EPOCH', 'PI', 'wait', 'the broker registers anew'],
  [87, 'INVALID_RECORD', 'P', 'invalid', 'the record is not what the topic takes'],
  [89, 'THROTTLING_QUOTA_EXCEEDED', 'PI', 'wait', 'a quota'],
  [90, 'PRODUCER_FENCED', 'PI', 'sequence', 'another producer has the id'],
  [100, 'UNKNOWN_TOPIC_ID', 'PM', 'wait', 'the topic was made anew'],
  [103, 'INCONSISTENT_TOPIC_ID', 'PM', 'wait', 'the topic was made anew'],
  [105, 'TRANSACTIONAL_ID_NOT_FOUND', 'I', 'wait', 'of transactions'],
  [120, 'TRANSACTION_ABORTABLE', 'PI', 'unlisted', 'of transactions'],
  [129, 'REBOOTSTRAP_REQUIRED', 'M', 'wait', 'the broker wants us to begin anew'],
];

/** Codes of other requests: of groups, transactions, quorums, quotas. Should one come all the same, it is `unlisted`. */
const ELSEWHERE: readonly (readonly [code: number, name: string])[] = [
  [1, 'OFFSET_OUT_OF_RANGE'],
  [4, 'INVALID_FETCH_SIZE'],
  [11, 'STALE_CONTROLLER_EPOCH'],
  [12, 'OFFSET_METADATA_TOO_LARGE'],
  [22, 'ILLEGAL_GENERATION'],
  [23, 'INCONSISTENT_GROUP_PROTOCOL'],
  [24, 'INVALID_GROUP_ID'],
  [25, 'UNKNOWN_MEMBER_ID'],
  [26, 'INVALID_SESSION_TIMEOUT'],
  [27, 'REBALANCE_IN_PROGRESS'],
  [28, 'INVALID_COMMIT_OFFSET_SIZE'],
  [30, 'GROUP_AUTHORIZATION_FAILED'],
  [33, 'UNSUPPORTED_SASL_MECHANISM'],
  [36, 'TOPIC_ALREADY_EXISTS'],
  [37, 'INVALID_PARTITIONS'],
  [38, 'INVALID_REPLICATION_FACTOR'],
  [39, 'INVALID_REPLICA_ASSIGNMENT'],
  [40, 'INVALID_CONFIG'],
  [52, 'TRANSACTION_COORDINATOR_FENCED'],
  [54, 'SECURITY_DISABLED'],
  [55, 'OPERATION_NOT_ATTEMPTED'],
  [57, 'LOG_DIR_NOT_FOUND'],
  [60, 'REASSIGNMENT_IN_PROGRESS'],
  [61, 'DELEGATION_TOKEN_AUTH_DISABLED'],
  [62, 'DELEGATION_TOKEN_NOT_FOUND'],
  [63, 'DELEGATION_TOKEN_OWNER_MISMATCH'],
  [64, 'DELEGATION_TOKEN_REQUEST_NOT_ALLOWED'],
  [65, 'DELEGATION_TOKEN_AUTHORIZATION_FAILED'],
  [66, 'DELEGATION_TOKEN_EXPIRED'],
  [67, 'INVALID_PRINCIPAL_TYPE'],
  [68, 'NON_EMPTY_GROUP'],
  [69, 'GROUP_ID_NOT_FOUND'],
  [70, 'FETCH_SESSION_ID_NOT_FOUND'],
  [71, 'INVALID_FETCH_SESSION_EPOCH'],
  [73, 'TOPIC_DELETION_DISABLED'],
  [78, 'OFFSET_NOT_AVAILABLE'],
  [79, 'MEMBER_ID_REQUIRED'],
  [80, 'PREFERRED_LEADER_NOT_AVAILABLE'],
  [81, 'GROUP_MAX_SIZE_REACHED'],
  [82, 'FENCED_INSTANCE_ID'],
  [83, 'ELIGIBLE_LEADERS_NOT_AVAILABLE'],
  [84, 'ELECTION_NOT_NEEDED'],
  [85, 'NO_REASSIGNMENT_IN_PROGRESS'],
  [86, 'GROUP_SUBSCRIBED_TO_TOPIC'],
  [88, 'UNSTABLE_OFFSET_COMMIT'],
  [91, 'RESOURCE_NOT_FOUND'],
  [92, 'DUPLICATE_RESOURCE'],
  [93, 'UNACCEPTABLE_CREDENTIAL'],
  [94, 'INCONSISTENT_VOTER_SET'],
  [95, 'INVALID_UPDATE_VERSION'],
  [96, 'FEATURE_UPDATE_FAILED'],
  [97, 'PRINCIPAL_DESERIALIZATION_FAILURE'],
  [98, 'SNAPSHOT_NOT_FOUND'],
  [99, 'POSITION_OUT_OF_RANGE'],
  [101, 'DUPLICATE_BROKER_REGISTRATION'],
  [102, 'BROKER_ID_NOT_REGISTERED'],
  [104, 'INCONSISTENT_CLUSTER_ID'],
  [106, 'FETCH_SESSION_TOPIC_ID_ERROR'],
  [107, 'INELIGIBLE_REPLICA'],
  [108, 'NEW_LEADER_ELECTED'],
  [109, 'OFFSET_MOVED_TO_TIERED_STORAGE'],
  [110, 'FENCED_MEMBER_EPOCH'],
  [111, 'UNRELEASED_INSTANCE_ID'],
  [112, 'UNSUPPORTED_ASSIGNOR'],
  [113, 'STALE_MEMBER_EPOCH'],
  [114, 'MISMATCHED_ENDPOINT_TYPE'],
  [115, 'UNSUPPORTED_ENDPOINT_TYPE'],
  [116, 'UNKNOWN_CONTROLLER_ID'],
  [117, 'UNKNOWN_SUBSCRIPTION_ID'],
  [118, 'TELEMETRY_TOO_LARGE'],
  [119, 'INVALID_REGISTRATION'],
  [121, 'INVALID_RECORD_STATE'],
  [122, 'SHARE_SESSION_NOT_FOUND'],
  [123, 'INVALID_SHARE_SESSION_EPOCH'],
  [124, 'FENCED_STATE_EPOCH'],
  [125, 'INVALID_VOTER_KEY'],
  [126, 'DUPLICATE_VOTER'],
  [127, 'VOTER_NOT_FOUND'],
  [128, 'INVALID_REGULAR_EXPRESSION'],
  [130, 'STREAMS_INVALID_TOPOLOGY'],
  [131, 'STREAMS_INVALID_TOPOLOGY_EPOCH'],
  [132, 'STREAMS_TOPOLOGY_FENCED'],
  [133, 'SHARE_SESSION_LIMIT_REACHED'],
  [134, 'GROUP_DELETION_FAILED'],
  [135, 'STREAMS_TOPOLOGY_DESCRIPTION_UPDATE_FAILED'],
  [136, 'CONTROLLER_ID_NOT_REGISTERED'],
];

const NAMES: ReadonlyMap<number, string> = new Map([...ANSWERED, ...ELSEWHERE].map(([code, name]) => [code, name]));
const MEANINGS: ReadonlyMap<number, ErrorMeaning> = new Map(ANSWERED.map(([code, , , meaning]) => [code, meaning]));

/** Kafka's name of a code; of one that a later release added, its number. */
export const errorName = (code: number): string => NAMES.get(code) ?? `ERROR_${code}`;

/** What nobody has listed is retried: it is not for us to say that the message is at fault. */
export const meaningOf = (code: number): ErrorMeaning => MEANINGS.get(code) ?? 'unlisted';

/** All codes that are known, with their names. */
export const knownErrors = (): ReadonlyMap<number, string> => NAMES;
