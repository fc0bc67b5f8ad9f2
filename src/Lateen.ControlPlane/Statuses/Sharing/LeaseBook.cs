// SPDX-License-Identifier: Apache-2.0
using Lateen.Config.Stores;

namespace Lateen.ControlPlane.Statuses.Sharing;

/// <summary>
/// Leases as one control plane has seen them. One has run out when it did not change for its duration by our own clock: what the clocks of
/// others say is not asked.
/// </summary>
internal sealed class LeaseBook(TimeProvider time)
{
    private Dictionary<string, Seen> _leases = [];

    public IEnumerable<KeyValuePair<string, Seen>> All => _leases;

    /// <summary>Takes all leases that there are now.</summary>
    public void Take(IEnumerable<StoredObject> stored)
    {
        var now = time.GetTimestamp();
        var next = new Dictionary<string, Seen>();
        foreach (var one in stored)
        {
            if (_leases.TryGetValue(one.Key.Name, out var known) && known.Stored.Revision == one.Revision)
                next[one.Key.Name] = known;
            else if (Lease.Read(one) is { } lease)
                next[one.Key.Name] = new Seen(one, lease, now);
        }
        _leases = next;
    }

    public Seen? Find(string name) => _leases.GetValueOrDefault(name);

    /// <summary>A lease as we wrote it.</summary>
    public void Put(StoredObject stored, Lease lease) =>
        _leases[stored.Key.Name] = new Seen(stored, lease, time.GetTimestamp());

    public bool IsLive(Seen seen) => seen.Lease.Holder.Length > 0 && time.GetElapsedTime(seen.At) < seen.Lease.Duration;

    /// <param name="At">When it was found to be so: a timestamp.</param>
    public sealed record Seen(StoredObject Stored, Lease Lease, long At);
}
