// SPDX-License-Identifier: Apache-2.0
using System.Text.Json.Nodes;
using Lateen.Config.Objects;

namespace Lateen.Cli.Resources;

/// <summary>What an API answered: an object, or a Status that says why not.</summary>
/// <param name="Code">Of HTTP.</param>
internal sealed record ApiAnswer(int Code, JsonObject Body)
{
    public bool IsSuccess => Code < 400;

    public bool IsNotFound => Code == 404;

    /// <summary>What a Status says.</summary>
    public string Message => Body.Text("message") is { Length: > 0 } text ? text : $"the server answers {Code}";

    /// <summary>Why something was refused, one by one: a field and what is wrong with it.</summary>
    public IEnumerable<(string Field, string Message)> Causes =>
        Body.Member("details")
            .Member("causes")
            .Items()
            .Select(static cause => (cause.Text("field") ?? "", cause.Text("message") ?? ""));

    public int ExitCode =>
        Code switch
        {
            400 or 413 or 415 or 422 => Cli.ExitCode.BadData,
            502 or 503 or 504 => Cli.ExitCode.Unavailable,
            _ => Cli.ExitCode.Failure,
        };

    public CommandFailure ToFailure() => new(ExitCode, $"{Message}{Advice}");

    /// <summary>What to do about it, where the message does not say so itself.</summary>
    public string Advice =>
        (Code, Body.Text("reason")) switch
        {
            (401, _) => "; give --kubeconfig, --token or --client-certificate",
            (403, _) => "; ask as somebody who may",
            (404, _) when Body.Member("details").Text("name") is { Length: > 0 } =>
                $"; lateen get {Body.Member("details").Text("kind")} -A lists what there is",
            (404, _) => "; is that a resource API of this version?",
            (409, _) when Causes.Any() => "; leave these fields out, or take them over with --force-conflicts",
            (409, "Conflict") => "; read it again, and repeat the change",
            _ => "",
        };

    /// <summary>The answer's object.</summary>
    /// <exception cref="CommandFailure">There is none.</exception>
    public JsonObject Object => IsSuccess ? Body : throw ToFailure();
}
