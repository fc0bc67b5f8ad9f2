// SPDX-License-Identifier: Apache-2.0
using Lateen.Config.Decoding;

namespace Lateen.Config.Validation.Values;

/// <summary>Addresses of things that are fetched.</summary>
internal static class Urls
{
    public static void Check(string text, string[] schemes, FieldPath at, ValidationScope scope)
    {
        var words = string.Join(" or ", schemes);
        if (!Uri.TryCreate(text, UriKind.Absolute, out var uri) || !schemes.Contains(uri.Scheme))
            scope.Add(
                ProblemCatalogue.BadUrl,
                at,
                $"\"{text}\" is no address that begins with {words}",
                $"write {schemes[^1]}://host/path"
            );
        else if (uri.Host.Length == 0 && uri.Scheme != "file")
            scope.Add(ProblemCatalogue.BadUrl, at, $"\"{text}\" names no host", $"write {schemes[^1]}://host/path");
    }
}
