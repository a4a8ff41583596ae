-- Accept a new job: give it its place, write the record, list it as waiting, put its envelope into RQ's queue.
-- KEYS: job, seq, waiting, client waiting, then (with an envelope) RQ's job, RQ's queue, RQ's set of queues
-- ARGV: job_id, client, feature, created_at, max waiting of a client, jobs a minute of a client (0 = any number), what
--       never changes of the record; with an envelope its fields as JSON (field, value, …) and its times, else '', '';
--       with an idempotency key that, and what the request holds as a digest
-- Returns what happened and a number or id: accepted seq | waiting | pace seconds | replayed job_id | reused; with a
-- new seq also 1 where the operator lets no job start.
-- Saving the same id again changes nothing.
local job_id, client, feature, created_at = ARGV[1], ARGV[2], ARGV[3], ARGV[4]
if redis.call('EXISTS', KEYS[1]) == 1 then
  return {'accepted', redis.call('HGET', KEYS[1], 'seq')}
end
local once = ARGV[10] and P .. 'client:' .. client .. ':once:' .. ARGV[10]
if once then
  local earlier = redis.call('HMGET', once, 'job_id', 'digest')
  if earlier[1] and redis.call('EXISTS', P .. 'job:' .. earlier[1]) == 1 then
    return {earlier[2] == ARGV[11] and 'replayed' or 'reused', earlier[1]}
  end
end
if redis.call('ZCARD', KEYS[4]) >= tonumber(ARGV[5]) then
  return {'waiting', '0'}
end
local wait = must_wait(client, tonumber(ARGV[6]))
if wait > 0 then
  return {'pace', tostring(wait)}
end
local seq = redis.call('INCR', KEYS[2])
redis.call('HSET', KEYS[1], 'seq', seq, 'state', 'queued', 'attempt', 0, 'run_id', '', 'progress', '0.0',
  'made', ARGV[7], 'client', client, 'feature', feature, 'created_at', created_at)
redis.call('ZADD', KEYS[3], seq, job_id)
redis.call('ZADD', KEYS[4], seq, job_id)
file(job_id, client, feature, created_at, '')
tally(feature, 'submitted')
tell(job_id, client, 'saved')
if once then
  redis.call('HSET', once, 'job_id', job_id, 'digest', ARGV[11])
  redis.call('EXPIRE', once, 86400)
end
if KEYS[5] then
  redis.call('HSET', KEYS[1], 'queue', KEYS[6])
  line_up(job_id, client, KEYS[6], seq, created_at)
  redis.call('HSET', KEYS[5], 'created_at', ARGV[9], 'enqueued_at', ARGV[9], unpack(cjson.decode(ARGV[8])))
  if redis.call('RPUSH', KEYS[6], job_id) == 1 then
    redis.call('SADD', KEYS[7], KEYS[6])
  end
  wake(KEYS[6])
end
return {'accepted', tostring(seq), all_are_drained()}
