-- Accept a new job: give it its place, write the record, list it as waiting.
-- KEYS: job, seq, waiting, client waiting     ARGV: job_id, max waiting of a client, then field, value, …
-- Returns its seq; 0 when the client has too many waiting. Saving the same id again changes nothing.
if redis.call('EXISTS', KEYS[1]) == 1 then
  return tonumber(redis.call('HGET', KEYS[1], 'seq'))
end
if redis.call('ZCARD', KEYS[4]) >= tonumber(ARGV[2]) then
  return 0
end
local seq = redis.call('INCR', KEYS[2])
redis.call('HSET', KEYS[1], unpack(ARGV, 3))
redis.call('HSET', KEYS[1], 'seq', seq, 'state', 'queued', 'attempt', 0, 'run_id', '', 'progress', '0.0')
redis.call('ZADD', KEYS[3], seq, ARGV[1])
redis.call('ZADD', KEYS[4], seq, ARGV[1])
return seq
