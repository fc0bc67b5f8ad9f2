// SPDX-License-Identifier: Apache-2.0
using System.Globalization;
using System.Net;
using System.Net.Sockets;
using Lateen.Config.Decoding;

namespace Lateen.Config.Validation.Values;

/// <summary>IP addresses, ranges of them, Unix sockets.</summary>
internal static class Addresses
{
    private const string UnixScheme = "unix://";

    /// <summary>An address, or one with a number of bits behind a slash.</summary>
    public static bool IsRange(string text)
    {
        var slash = text.IndexOf('/');
        if (!IPAddress.TryParse(slash < 0 ? text : text[..slash], out var address))
            return false;
        var most = address.AddressFamily == AddressFamily.InterNetworkV6 ? 128 : 32;
        return slash < 0
            || (
                int.TryParse(text.AsSpan(slash + 1), NumberStyles.None, CultureInfo.InvariantCulture, out var bits)
                && bits <= most
            );
    }

    public static bool IsUnixSocket(string text) => text.StartsWith(UnixScheme, StringComparison.Ordinal);

    public static void CheckRange(string text, FieldPath at, ValidationScope scope)
    {
        if (!IsRange(text))
            scope.Add(
                ProblemCatalogue.BadAddress,
                at,
                $"\"{text}\" is neither an IP address nor a range",
                "write it as 10.0.0.1 or 10.0.0.0/8"
            );
    }

    public static void CheckRanges(IReadOnlyList<string> ranges, FieldPath at, ValidationScope scope)
    {
        for (var i = 0; i < ranges.Count; i++)
            CheckRange(ranges[i], at[i], scope);
    }

    /// <summary>Where a listener binds: an address, or a Unix socket where one may be.</summary>
    public static void CheckBind(string text, FieldPath at, ValidationScope scope, bool admitsUnixSocket = true)
    {
        if (text.Length == 0)
            return;
        if (admitsUnixSocket && IsUnixSocket(text))
            CheckUnixSocket(text, at, scope);
        else if (!IPAddress.TryParse(text, out _))
            scope.Add(
                ProblemCatalogue.BadAddress,
                at,
                $"\"{text}\" is no IP address",
                admitsUnixSocket ? "write an IP address, or unix:///path for a Unix socket" : "write an IP address"
            );
    }

    public static void CheckUnixSocket(string text, FieldPath at, ValidationScope scope)
    {
        var path = text[UnixScheme.Length..];
        var isFile = path.StartsWith('/') && !path.EndsWith('/');
        if (!isFile && !path.StartsWith('@'))
            scope.Add(
                ProblemCatalogue.BadAddress,
                at,
                $"\"{path}\" is no absolute path of a file",
                "write unix:///path, or unix://@name for a socket without a file"
            );
    }
}
