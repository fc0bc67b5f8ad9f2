// SPDX-License-Identifier: Apache-2.0
namespace Lateen.Discovery;

/// <summary>How far a proxy is with one type.</summary>
public sealed record WatchStatus
{
    internal WatchStatus(TypeWatch watch)
    {
        TypeUrl = watch.TypeUrl;
        Names = watch.IsWildcard ? ["*", .. watch.Names] : watch.Names.Order(StringComparer.Ordinal).ToList();
        SentNonce = watch.Nonce;
        AckedNonce = watch.AckedNonce;
        Version = watch.SentVersion;
        SentAt = watch.SentAt;
        LastError = watch.LastError;
        Count = watch.Count;
    }

    public string TypeUrl { get; }

    /// <summary>What is subscribed to.</summary>
    public IReadOnlyList<string> Names { get; }

    public string SentNonce { get; }

    public string AckedNonce { get; }

    public string Version { get; }

    public DateTimeOffset SentAt { get; }

    /// <summary>What was refused; empty when the last response was taken.</summary>
    public string LastError { get; }

    /// <summary>Resources the proxy has.</summary>
    public int Count { get; }

    public bool IsSynced => SentNonce == AckedNonce && LastError.Length == 0;
}
