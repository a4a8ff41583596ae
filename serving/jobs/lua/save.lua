-- Accept a new job: give it its place, write the record, list it as waiting, put its envelope into RQ's queue.
-- KEYS: job, seq, waiting, client waiting, then (with an envelope) RQ's job, RQ's queue, RQ's set of queues
-- ARGV: job_id, max waiting of a client, how many of the next are the envelope's field, value, …; then the record's
-- Returns its seq; 0 when the client has too many waiting. Saving the same id again changes nothing.
if redis.call('EXISTS', KEYS[1]) == 1 then
  return tonumber(redis.call('HGET', KEYS[1], 'seq'))
end
if redis.call('ZCARD', KEYS[4]) >= tonumber(ARGV[2]) then
  return 0
end
local seq = redis.call('INCR', KEYS[2])
local first = 4 + tonumber(ARGV[3])
redis.call('HSET', KEYS[1], 'seq', seq, 'state', 'queued', 'attempt', 0, 'run_id', '', 'progress', '0.0',
  unpack(ARGV, first))
redis.call('ZADD', KEYS[3], seq, ARGV[1])
redis.call('ZADD', KEYS[4], seq, ARGV[1])
if KEYS[5] then
  redis.call('HSET', KEYS[5], unpack(ARGV, 4, first - 1))
  redis.call('SADD', KEYS[7], KEYS[6])
  redis.call('RPUSH', KEYS[6], ARGV[1])
end
return seq
