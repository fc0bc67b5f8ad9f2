// SPDX-License-Identifier: Apache-2.0
using System.Text;
using Google.Protobuf.WellKnownTypes;
using Lateen.Net;
using Lateen.Proxy.Runtime;
using Api = Envoy.Config.Core.V3;

namespace Lateen.Proxy.Decoding;

/// <summary>Gathers every problem of one resource, each with the path of its field.</summary>
internal sealed class DecodeContext
{
    private readonly List<string> _problems = [];
    private readonly List<ReadOnlyMemory<byte>> _filesRead = [];
    private readonly SortedSet<string> _directories = new(StringComparer.Ordinal);

    public bool HasProblems => _problems.Count > 0;

    /// <summary>What files held that were read so far; nothing for one that could not be.</summary>
    public IReadOnlyList<ReadOnlyMemory<byte>> FilesRead => _filesRead;

    /// <summary>Where another file in the place of one of those is looked out for.</summary>
    public IReadOnlyCollection<string> Directories => _directories;

    public void Add(string path, string problem) => _problems.Add($"{path}: {problem}");

    public override string ToString() => string.Join("; ", _problems);

    /// <summary>Decodes a packed message; null, with a problem noted, when it is another type or broken.</summary>
    public T? Unpack<T>(Any any, string path)
        where T : class, Google.Protobuf.IMessage<T>, new()
    {
        try
        {
            return any.Unpack<T>();
        }
        catch (Google.Protobuf.InvalidProtocolBufferException failure)
        {
            Add(path, failure.Message);
            return null;
        }
    }

    /// <summary>A socket address with an IP, or a pipe; DNS names only where <paramref name="hostName"/> may take them.</summary>
    public NetAddress Address(Api.Address? address, string path, out string? hostName, bool admitHostName = false)
    {
        hostName = null;
        switch (address?.AddressCase)
        {
            case Api.Address.AddressOneofCase.SocketAddress:
                return SocketAddress(address.SocketAddress, path, out hostName, admitHostName);
            case Api.Address.AddressOneofCase.Pipe when address.Pipe.Path.Length is > 0 and < 108:
                return NetAddress.FromUnixPath(address.Pipe.Path);
            default:
                Add(path, "needs a socket_address or a pipe with a path of 1 to 107 bytes");
                return default;
        }
    }

    private NetAddress SocketAddress(Api.SocketAddress address, string path, out string? hostName, bool admitHostName)
    {
        hostName = null;
        if (address.PortValue > ushort.MaxValue)
        {
            Add($"{path}.socket_address.port_value", $"is {address.PortValue}; ports are 0 to 65535");
            return default;
        }
        if (System.Net.IPAddress.TryParse(address.Address, out var ip))
            return NetAddress.From(ip, (int)address.PortValue);
        if (admitHostName && address.Address.Length > 0)
        {
            hostName = address.Address;
            return default;
        }
        Add($"{path}.socket_address.address", $"is \"{address.Address}\", which is no IP address");
        return default;
    }

    /// <summary>Takes over the problems that stand in another one.</summary>
    public void AddAll(DecodeContext other) => _problems.AddRange(other._problems);

    /// <summary>A directory to watch; null where none is set.</summary>
    public string? Watched(Api.WatchedDirectory? directory, string path)
    {
        if (directory is null)
            return null;
        if (!Directory.Exists(directory.Path))
            Add($"{path}.path", $"is \"{directory.Path}\", which is no directory");
        return directory.Path;
    }

    /// <summary>What a data source holds, read now; empty where it is not set.</summary>
    /// <param name="watched">Where a change of its file shows; by default where its file is.</param>
    public ReadOnlyMemory<byte> Data(Api.DataSource? source, string path, string? watched = null)
    {
        switch (source?.SpecifierCase)
        {
            case null or Api.DataSource.SpecifierOneofCase.None:
                return default;
            case Api.DataSource.SpecifierOneofCase.InlineBytes:
                return source.InlineBytes.Memory;
            case Api.DataSource.SpecifierOneofCase.InlineString:
                return Encoding.UTF8.GetBytes(source.InlineString);
            case Api.DataSource.SpecifierOneofCase.Filename:
                return File(
                    source.Filename,
                    $"{path}.filename",
                    Watched(source.WatchedDirectory, $"{path}.watched_directory") ?? watched
                );
            default:
                var value = Environment.GetEnvironmentVariable(source.EnvironmentVariable);
                if (value is null)
                    Add($"{path}.environment_variable", $"is {source.EnvironmentVariable}, which is not set");
                return Encoding.UTF8.GetBytes(value ?? "");
        }
    }

    /// <summary>What a file holds; empty, with a problem noted, when it cannot be read.</summary>
    /// <param name="watched">Where a change of it shows; by default where it is.</param>
    public ReadOnlyMemory<byte> File(string name, string path, string? watched = null)
    {
        try
        {
            var directory = watched ?? Path.GetDirectoryName(Path.GetFullPath(name));
            if (directory is not null)
                _directories.Add(directory);
            ReadOnlyMemory<byte> bytes = System.IO.File.ReadAllBytes(name);
            _filesRead.Add(bytes);
            return bytes;
        }
        catch (Exception failure) when (failure is IOException or UnauthorizedAccessException or ArgumentException)
        {
            _filesRead.Add(default);
            Add(path, failure.Message);
            return default;
        }
    }

    /// <summary>A duration; the default where it is not set.</summary>
    public TimeSpan Duration(Duration? duration, TimeSpan unset, string path)
    {
        if (duration is null)
            return unset;
        if (duration.Seconds is >= 0 and < 315_576_000_000 && duration.Nanos is >= 0 and < 1_000_000_000)
            return TimeSpan.FromSeconds(Math.Min(duration.Seconds, 100_000_000))
                + TimeSpan.FromTicks(duration.Nanos / 100);
        Add(path, "is no duration of 0 or more");
        return unset;
    }

    /// <summary>How long what is to come from a source is waited for; 0 for ever.</summary>
    public TimeSpan InitialFetchTimeout(Envoy.Config.Core.V3.ConfigSource? source, string path) =>
        Duration(source?.InitialFetchTimeout, InitialFetches.DefaultTimeout, $"{path}.initial_fetch_timeout");

    /// <summary>A share of requests in millionths; null where it is not set.</summary>
    public uint? Millionths(Envoy.Type.V3.FractionalPercent? fraction, string path)
    {
        if (fraction is null)
            return null;
        uint? factor = fraction.Denominator switch
        {
            Envoy.Type.V3.FractionalPercent.Types.DenominatorType.Hundred => 10_000,
            Envoy.Type.V3.FractionalPercent.Types.DenominatorType.TenThousand => 100,
            Envoy.Type.V3.FractionalPercent.Types.DenominatorType.Million => 1,
            _ => null,
        };
        if (factor is null)
            Add($"{path}.denominator", $"is {fraction.Denominator}; give HUNDRED, TEN_THOUSAND or MILLION");
        // More than everything is everything, as in Envoy.
        return (uint)Math.Min(1_000_000, fraction.Numerator * (ulong)(factor ?? 1));
    }

    /// <summary>A percentage of 0 to 100; the default where it is not set.</summary>
    public double Percent(Envoy.Type.V3.Percent? percent, double unset, string path)
    {
        if (percent is null || percent.Value is >= 0 and <= 100)
            return percent?.Value ?? unset;
        Add(path, $"is {percent.Value}; percentages are 0 to 100");
        return unset;
    }
}
