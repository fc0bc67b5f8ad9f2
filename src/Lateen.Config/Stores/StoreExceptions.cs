// SPDX-License-Identifier: Apache-2.0
namespace Lateen.Config.Stores;

/// <summary>A revision is so old that the store no longer knows what happened since: 410 to clients of the API.</summary>
public sealed class RevisionGoneException(long revision, long oldest, Exception? inner = null)
    : Exception($"revision {revision} is gone; the oldest one known is {oldest}", inner)
{
    public long Revision => revision;

    public long Oldest => oldest;
}

/// <summary>The store cannot be reached: 503 to clients of the API.</summary>
public sealed class StoreUnavailableException(string message, Exception? inner = null) : Exception(message, inner);
