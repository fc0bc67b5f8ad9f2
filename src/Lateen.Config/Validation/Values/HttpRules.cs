// SPDX-License-Identifier: Apache-2.0
using System.Buffers;
using System.Globalization;
using Lateen.Config.Decoding;
using Lateen.Config.Kinds.Networking;

namespace Lateen.Config.Validation.Values;

/// <summary>Names and values of HTTP.</summary>
internal static class HttpRules
{
    /// <summary>RFC 9110 §5.6.2.</summary>
    private static readonly SearchValues<char> s_token = SearchValues.Create(
        "!#$%&'*+-.^_`|~0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz"
    );

    private static readonly string[] s_methods =
    [
        "GET",
        "HEAD",
        "POST",
        "PUT",
        "PATCH",
        "DELETE",
        "CONNECT",
        "OPTIONS",
        "TRACE",
    ];

    /// <summary>Conditions of Envoy's retry policies, those of gRPC among them.</summary>
    private static readonly HashSet<string> s_retryConditions = new(StringComparer.Ordinal)
    {
        "5xx",
        "gateway-error",
        "reset",
        "reset-before-request",
        "connect-failure",
        "envoy-ratelimited",
        "retriable-4xx",
        "refused-stream",
        "retriable-status-codes",
        "retriable-headers",
        "http3-post-connect-failure",
        "cancelled",
        "deadline-exceeded",
        "internal",
        "resource-exhausted",
        "unavailable",
    };

    private static readonly HashSet<string> s_grpcStatuses = new(StringComparer.Ordinal)
    {
        "OK",
        "CANCELLED",
        "UNKNOWN",
        "INVALID_ARGUMENT",
        "DEADLINE_EXCEEDED",
        "NOT_FOUND",
        "ALREADY_EXISTS",
        "PERMISSION_DENIED",
        "RESOURCE_EXHAUSTED",
        "FAILED_PRECONDITION",
        "ABORTED",
        "OUT_OF_RANGE",
        "UNIMPLEMENTED",
        "INTERNAL",
        "UNAVAILABLE",
        "DATA_LOSS",
        "UNAUTHENTICATED",
    };

    public static bool IsToken(string text) => text.Length > 0 && !text.AsSpan().ContainsAnyExcept(s_token);

    public static void CheckHeaderName(string name, FieldPath at, ValidationScope scope)
    {
        if (!IsToken(name))
            scope.Add(
                ProblemCatalogue.BadHttp,
                at,
                $"\"{name}\" is no name of a header",
                "use letters, digits and dashes (RFC 9110 §5.1)"
            );
    }

    public static void CheckHeaderNames(IEnumerable<string> names, FieldPath at, ValidationScope scope)
    {
        var i = 0;
        foreach (var name in names)
            CheckHeaderName(name, at[i++], scope);
    }

    public static void CheckMethod(string method, FieldPath at, ValidationScope scope)
    {
        if (!s_methods.Contains(method))
            scope.Add(
                ProblemCatalogue.BadHttp,
                at,
                $"\"{method}\" is no method",
                $"use one of {string.Join(", ", s_methods)}"
            );
    }

    public static void CheckGrpcStatus(string status, FieldPath at, ValidationScope scope)
    {
        if (!s_grpcStatuses.Contains(status))
            scope.Add(
                ProblemCatalogue.BadHttp,
                at,
                $"\"{status}\" is no status of gRPC",
                "write its name in capital letters, as UNAVAILABLE"
            );
    }

    /// <summary>Conditions, and status codes of failures, separated by commas.</summary>
    public static void CheckRetryOn(string text, FieldPath at, ValidationScope scope)
    {
        foreach (var word in text.Split(',', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries))
        {
            if (int.TryParse(word, NumberStyles.None, CultureInfo.InvariantCulture, out var status))
            {
                if (status is < 100 or > 599)
                    scope.Add(
                        ProblemCatalogue.BadHttp,
                        at,
                        $"{word} is no status of HTTP",
                        "write a number from 100 to 599"
                    );
            }
            else if (!s_retryConditions.Contains(word))
            {
                var meant = Spelling.Closest(word, s_retryConditions);
                scope.Add(
                    ProblemCatalogue.BadHttp,
                    at,
                    $"\"{word}\" is nothing that can be tried again",
                    meant is null ? "use Envoy's conditions or status codes" : $"did you mean {meant}?"
                );
            }
        }
    }

    /// <summary>Operations on headers: HTTP's own fields, but for the host, are none of theirs.</summary>
    /// <param name="mayHaveHost">Whether requests may get another host: the rule decides it, not a destination.</param>
    public static void CheckOperations(HeaderRules rules, FieldPath at, ValidationScope scope, bool mayHaveHost = true)
    {
        CheckOperations(rules.Request, at["request"], mayHaveHost, scope);
        CheckOperations(rules.Response, at["response"], mayHaveHost: false, scope);
    }

    private static void CheckOperations(
        HeaderOperations operations,
        FieldPath at,
        bool mayHaveHost,
        ValidationScope scope
    )
    {
        CheckValues(operations.Set, at["set"], mayHaveHost, scope);
        CheckValues(operations.Add, at["add"], mayHaveHost, scope);
        for (var i = 0; i < operations.Remove.Count; i++)
            CheckOperationName(operations.Remove[i], at["remove"][i], mayHaveHost: false, scope);
    }

    private static void CheckValues(
        IReadOnlyDictionary<string, string> values,
        FieldPath at,
        bool mayHaveHost,
        ValidationScope scope
    )
    {
        foreach (var (name, value) in values)
        {
            CheckOperationName(name, at[name], mayHaveHost, scope);
            if (value.AsSpan().ContainsAny('\r', '\n', '\0'))
                scope.Add(
                    ProblemCatalogue.BadHttp,
                    at[name],
                    "has a line break, which no header can have",
                    "write the value in one line"
                );
            else if (!HasWholeCommands(value))
                scope.Add(
                    ProblemCatalogue.BadHttp,
                    at[name],
                    "has a single %, and commands stand between two",
                    "write %COMMAND%, or %% for the sign itself"
                );
        }
    }

    /// <summary>%% is the sign itself; else a command goes to the next %, those within its parentheses aside: %START_TIME(%s)%.</summary>
    private static bool HasWholeCommands(string value)
    {
        for (var i = 0; i < value.Length; i++)
        {
            if (value[i] != '%')
                continue;
            var depth = 0;
            for (i++; i < value.Length && (value[i] != '%' || depth > 0); i++)
                depth += value[i] switch
                {
                    '(' => 1,
                    ')' when depth > 0 => -1,
                    _ => 0,
                };
            if (i == value.Length)
                return false;
        }
        return true;
    }

    /// <summary>HTTP/2's name of the host, or HTTP/1's.</summary>
    public static bool IsHost(string name) =>
        name == ":authority" || name.Equals("host", StringComparison.OrdinalIgnoreCase);

    private static void CheckOperationName(string name, FieldPath at, bool mayHaveHost, ValidationScope scope)
    {
        var isHost = IsHost(name);
        if (isHost && !mayHaveHost)
            scope.Add(
                ProblemCatalogue.BadHttp,
                at,
                $"\"{name}\" cannot be changed here",
                "use rewrite.authority of the rule"
            );
        else if (name.StartsWith(':') && !isHost)
            scope.Add(
                ProblemCatalogue.BadHttp,
                at,
                $"\"{name}\" is HTTP's own and cannot be changed as a header",
                "use rewrite for path and host"
            );
        else if (!isHost)
            CheckHeaderName(name, at, scope);
    }
}
