-- PROCESSING -> QUEUED: its run died or gave it back. It waits in its old place.
-- KEYS: job, waiting, running     ARGV: job_id, run_id, max attempts, 1 when the run does not count
-- Returns 1; 0 when the job is not this run's; -1 when no attempt is left (nothing is changed then).
-- Asked again by the same run (its first answer was lost), it answers the same while the job waits.
local was = redis.call('HMGET', KEYS[1], 'state', 'run_id', 'client', 'seq', 'attempt', 'given_back_by', 'feature')
if was[1] == 'queued' and was[6] == ARGV[2] then
  return 1
end
if was[1] ~= 'processing' or was[2] ~= ARGV[2] then
  return 0
end
local attempt = tonumber(was[5])
if ARGV[4] == '1' then
  attempt = attempt - 1
elseif attempt >= tonumber(ARGV[3]) then
  return -1
end
local client = P .. 'client:' .. was[3]
redis.call('HSET', KEYS[1], 'state', 'queued', 'attempt', attempt, 'lane', '', 'run_id', '', 'stage', '',
  'started_at', '0.0', 'given_back_by', ARGV[2])
redis.call('ZREM', KEYS[3], ARGV[1])
redis.call('ZREM', client .. ':running', ARGV[1])
redis.call('ZADD', KEYS[2], was[4], ARGV[1])
redis.call('ZADD', client .. ':waiting', was[4], ARGV[1])
settle(KEYS[1], was[3])
tally(was[7], 'requeued')
tell(ARGV[1], was[3], 'requeued')
return 1
