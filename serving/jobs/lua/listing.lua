-- Everything a client's list shows, in one trip: its waiting, running and last finished jobs, newest first.
-- KEYS: waiting, client waiting, client running, client finished     ARGV: key prefix, history size, then field names
-- Returns JSON: rows of [position or -1, value, value, …], in the order of the field names.
local ids, place = {}, {}
local function take(key, first, last)
  local found = redis.call('ZRANGE', key, first, last, 'WITHSCORES')
  for i = 1, #found, 2 do
    if not place[found[i]] then
      place[found[i]] = tonumber(found[i + 1])
      ids[#ids + 1] = found[i]
    end
  end
end
take(KEYS[2], 0, -1)
take(KEYS[3], 0, -1)
take(KEYS[4], -tonumber(ARGV[2]), -1)
table.sort(ids, function(a, b) return place[a] > place[b] end)
local rows = {}
for i, id in ipairs(ids) do
  local row = redis.call('HMGET', ARGV[1] .. 'job:' .. id, unpack(ARGV, 3))
  local rank = redis.call('ZRANK', KEYS[1], id)
  table.insert(row, 1, rank or -1)
  rows[i] = row
end
return #rows == 0 and '[]' or cjson.encode(rows)
