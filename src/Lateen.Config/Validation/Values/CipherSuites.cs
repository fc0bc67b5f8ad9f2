// SPDX-License-Identifier: Apache-2.0
using Lateen.Config.Decoding;

namespace Lateen.Config.Validation.Values;

/// <summary>Cipher suites of TLS 1.2 and older, by OpenSSL's names as BoringSSL has them. Others are left out of what a proxy gets (Istio's rule).</summary>
internal static class CipherSuites
{
    private static readonly string[] s_names =
    [
        "ECDHE-ECDSA-AES128-GCM-SHA256",
        "ECDHE-RSA-AES128-GCM-SHA256",
        "ECDHE-ECDSA-AES256-GCM-SHA384",
        "ECDHE-RSA-AES256-GCM-SHA384",
        "ECDHE-ECDSA-CHACHA20-POLY1305",
        "ECDHE-RSA-CHACHA20-POLY1305",
        "ECDHE-ECDSA-AES128-SHA",
        "ECDHE-RSA-AES128-SHA",
        "ECDHE-ECDSA-AES256-SHA",
        "ECDHE-RSA-AES256-SHA",
        "AES128-GCM-SHA256",
        "AES256-GCM-SHA384",
        "AES128-SHA",
        "AES256-SHA",
        "DES-CBC3-SHA",
    ];

    public static void Check(IReadOnlyList<string> suites, FieldPath at, ValidationScope scope)
    {
        for (var i = 0; i < suites.Count; i++)
        {
            if (!IsKnown(suites[i]))
                scope.NoEffect(
                    at[i],
                    $"\"{suites[i]}\" is no cipher suite of TLS 1.2",
                    Spelling.Closest(suites[i], s_names) is { } meant
                        ? $"did you mean {meant}?"
                        : "use a name of OpenSSL's, as ECDHE-RSA-AES128-GCM-SHA256"
                );
            else if (suites.Take(i).Contains(suites[i]))
                scope.NoEffect(at[i], $"{suites[i]} stands there already", "remove one of the two");
        }
    }

    /// <summary>What begins with a sign is an expression, as <c>!aNULL</c> or <c>[A|B]</c>, which only the library itself understands.</summary>
    private static bool IsKnown(string suite) =>
        suite is "" or "ALL" || !char.IsLetterOrDigit(suite[0]) || s_names.Contains(suite);
}
