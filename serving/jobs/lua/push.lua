-- Put the envelope of a waiting job into its queue (once more), in its place by age, and ring for idle lanes.
-- KEYS: job, RQ's job, RQ's queue, RQ's set of queues     ARGV: job_id, its fields as JSON, its times
-- A job that does not wait any more is left alone.
local was = redis.call('HMGET', KEYS[1], 'state', 'client', 'seq', 'created_at')
if was[1] ~= 'queued' then
  return 0
end
redis.call('LREM', KEYS[3], 0, ARGV[1])
redis.call('DEL', KEYS[2]) -- what a run has left in it
redis.call('HSET', KEYS[2], 'created_at', ARGV[3], 'enqueued_at', ARGV[3], unpack(cjson.decode(ARGV[2])))
redis.call('HSET', KEYS[1], 'queue', KEYS[3])
line_up(ARGV[1], was[2], KEYS[3], was[3], was[4])

-- The first that is younger: near the front as a rule, since what is queued again is old.
local function younger()
  local first = 0
  while true do
    local ids = redis.call('LRANGE', KEYS[3], first, first + 99)
    for _, id in ipairs(ids) do
      local seq = redis.call('HGET', P .. 'job:' .. id, 'seq')
      if seq and tonumber(seq) > tonumber(was[3]) then
        return id
      end
    end
    if #ids < 100 then
      return
    end
    first = first + 100
  end
end

local other = younger()
if other then
  redis.call('LINSERT', KEYS[3], 'BEFORE', other, ARGV[1])
else
  redis.call('RPUSH', KEYS[3], ARGV[1])
end
redis.call('SADD', KEYS[4], KEYS[3])
wake(KEYS[3])
return 1
