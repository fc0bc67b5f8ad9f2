// SPDX-License-Identifier: Apache-2.0
using System.Collections.Concurrent;
using System.Diagnostics.CodeAnalysis;
using System.Text;
using Lateen.Telemetry;

namespace Lateen.Proxy.Stats;

/// <summary>Numbers of the gRPC calls to one cluster, in all or method by method.</summary>
/// <param name="protocol"><c>grpc</c> or <c>grpc-web</c>, as Envoy's names have it.</param>
internal sealed class GrpcStats(string cluster, string protocol, int workers)
{
    /// <summary>
    /// Methods of one cluster that are counted apart; clients name them, so there has to be an end. Calls of others count
    /// without their method.
    /// </summary>
    public const int MaxMethods = 1000;

    private GrpcCallStats? _all;
    private ConcurrentDictionary<byte[], GrpcCallStats>? _byMethod;

    /// <summary>All calls together.</summary>
    public GrpcCallStats All => Volatile.Read(ref _all) ?? MakeAll();

    /// <param name="method"><c>service/method</c>.</param>
    public GrpcCallStats Of(ReadOnlySpan<byte> method)
    {
        var methods = Volatile.Read(ref _byMethod) ?? MakeMethods();
        if (methods.GetAlternateLookup<ReadOnlySpan<byte>>().TryGetValue(method, out var stats))
            return stats;
        return methods.Count >= MaxMethods ? All : methods.GetOrAdd(method.ToArray(), Make);
    }

    public void Collect(List<Sample> samples)
    {
        Volatile.Read(ref _all)?.Collect(samples);
        if (Volatile.Read(ref _byMethod) is not { } methods)
            return;
        foreach (var (_, stats) in methods)
            stats.Collect(samples);
    }

    /// <summary>Two workers may make it at a time: one of the two stays.</summary>
    private GrpcCallStats MakeAll()
    {
        var made = new GrpcCallStats(cluster, $"{protocol}.", $"{Family}.", null, workers);
        return Interlocked.CompareExchange(ref _all, made, null) ?? made;
    }

    private ConcurrentDictionary<byte[], GrpcCallStats> MakeMethods()
    {
        var made = new ConcurrentDictionary<byte[], GrpcCallStats>(ByteComparer.Instance);
        return Interlocked.CompareExchange(ref _byMethod, made, null) ?? made;
    }

    private GrpcCallStats Make(byte[] key)
    {
        var names = Encoding.Latin1.GetString(key).Split('/');
        var labels = new StringBuilder();
        Labels.Append(labels, "envoy_grpc_bridge_service", names[0]);
        Labels.Append(labels, "envoy_grpc_bridge_method", names[1]);
        return new GrpcCallStats(cluster, $"{protocol}.{names[0]}.{names[1]}.", $"{Family}.", $"{labels}", workers);
    }

    private string Family => protocol.Replace('-', '_');

    /// <summary>Keys by what they hold, also while it is not in an array yet.</summary>
    internal sealed class ByteComparer
        : IEqualityComparer<byte[]>,
            IAlternateEqualityComparer<ReadOnlySpan<byte>, byte[]>
    {
        public static ByteComparer Instance { get; } = new();

        public bool Equals(byte[]? x, byte[]? y) => x.AsSpan().SequenceEqual(y);

        public int GetHashCode([DisallowNull] byte[] obj) => GetHashCode(obj.AsSpan());

        public bool Equals(ReadOnlySpan<byte> alternate, byte[] other) => alternate.SequenceEqual(other);

        public int GetHashCode(ReadOnlySpan<byte> alternate)
        {
            var hash = new HashCode();
            hash.AddBytes(alternate);
            return hash.ToHashCode();
        }

        public byte[] Create(ReadOnlySpan<byte> alternate) => alternate.ToArray();
    }
}
