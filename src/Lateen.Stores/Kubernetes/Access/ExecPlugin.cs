// SPDX-License-Identifier: Apache-2.0
using System.ComponentModel;
using System.Diagnostics;
using System.Text.Json;
using System.Text.Json.Nodes;
using Lateen.Config.Objects;

namespace Lateen.Stores.Kubernetes.Access;

/// <summary>
/// A program that knows credentials (<c>users[].user.exec</c>, client.authentication.k8s.io): it is told in KUBERNETES_EXEC_INFO what is asked for,
/// and prints an ExecCredential.
/// </summary>
internal sealed class ExecPlugin
{
    private const string Group = "client.authentication.k8s.io";

    /// <summary>A program that would rather talk to somebody is not waited for.</summary>
    private static readonly TimeSpan s_patience = TimeSpan.FromMinutes(1);

    private readonly string _what;
    private readonly string _version;
    private readonly ProcessStartInfo _start;
    private readonly string? _hint;

    private ExecPlugin(string what, string version, ProcessStartInfo start, string? hint) =>
        (_what, _version, _start, _hint) = (what, version, start, hint);

    /// <exception cref="FormatException">It makes no sense; the message says why.</exception>
    public static ExecPlugin Read(KubeconfigEntry user, JsonObject exec, KubeconfigEntry cluster)
    {
        var version = exec.Text("apiVersion") ?? "";
        if (version is not ($"{Group}/v1" or $"{Group}/v1beta1"))
            throw user.Wrong($"exec.apiVersion is \"{version}\"; use {Group}/v1 or {Group}/v1beta1");
        if (exec.Text("command") is not { Length: > 0 } command)
            throw user.Wrong("exec has no command");
        if (exec.Text("interactiveMode") == "Always")
            throw user.Wrong("exec.interactiveMode is Always, and there is nobody to talk to; use another user");
        // A bare name is looked for in PATH, a path begins at the kubeconfig.
        var program = command.Contains('/') ? Path.GetFullPath(command, user.File.DirectoryName!) : command;
        var start = new ProcessStartInfo(program)
        {
            UseShellExecute = false,
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        foreach (var argument in exec.Member("args").Items())
            start.ArgumentList.Add(argument.AsText() ?? "");
        foreach (var variable in exec.Member("env").Items())
            start.Environment[variable.Text("name") ?? ""] = variable.Text("value");
        var isClusterTold =
            exec.Member("provideClusterInfo") is JsonValue told && told.TryGetValue<bool>(out var flag) && flag;
        start.Environment["KUBERNETES_EXEC_INFO"] = Info(version, isClusterTold ? cluster : null).ToJsonString();
        return new ExecPlugin($"{user.What}: exec {command}", version, start, exec.Text("installHint"));
    }

    /// <summary>Runs it; returns the status that it printed.</summary>
    /// <exception cref="CredentialsException">It cannot be run, fails, or prints something else.</exception>
    public async Task<JsonObject> RunAsync(TimeProvider time, CancellationToken stop)
    {
        using var limit = new CancellationTokenSource(s_patience, time);
        using var both = CancellationTokenSource.CreateLinkedTokenSource(limit.Token, stop);
        Process process;
        try
        {
            process = Process.Start(_start)!;
        }
        catch (Win32Exception failure)
        {
            throw new CredentialsException(
                $"{_what}: {failure.Message}{(_hint is null ? "" : $"; {_hint.Trim()}")}",
                failure
            );
        }
        using (process)
        {
            try
            {
                process.StandardInput.Close();
                var errors = process.StandardError.ReadToEndAsync(both.Token);
                var output = await process.StandardOutput.ReadToEndAsync(both.Token).ConfigureAwait(false);
                await process.WaitForExitAsync(both.Token).ConfigureAwait(false);
                return process.ExitCode == 0
                    ? Parse(output)
                    : throw new CredentialsException(
                        $"{_what} ended with {process.ExitCode}: {(await errors.ConfigureAwait(false)).Trim()}"
                    );
            }
            catch (OperationCanceledException late)
            {
                process.Kill(entireProcessTree: true);
                stop.ThrowIfCancellationRequested();
                throw new CredentialsException($"{_what} did not end within {s_patience.TotalSeconds:0} s", late);
            }
        }
    }

    /// <summary>What it printed is a secret: no message has it.</summary>
    private JsonObject Parse(string output)
    {
        JsonNode? printed;
        try
        {
            printed = JsonNode.Parse(output);
        }
        catch (JsonException)
        {
            throw new CredentialsException($"{_what} printed no JSON");
        }
        if (printed.Text("kind") != "ExecCredential" || printed.Text("apiVersion") != _version)
            throw new CredentialsException($"{_what} printed no ExecCredential of {_version}");
        var status = printed.Member("status") as JsonObject ?? [];
        var hasCertificate = status.Text("clientCertificateData") is { Length: > 0 };
        if (hasCertificate != status.Text("clientKeyData") is { Length: > 0 })
            throw new CredentialsException($"{_what} printed a certificate without its key, or the other way round");
        return hasCertificate || status.Text("token") is { Length: > 0 }
            ? status
            : throw new CredentialsException($"{_what} printed neither a token nor a certificate");
    }

    private static JsonObject Info(string version, KubeconfigEntry? cluster)
    {
        var spec = new JsonObject { ["interactive"] = false };
        if (cluster is not null)
        {
            var told = new JsonObject { ["server"] = cluster.Text("server") };
            if (cluster.Text("tls-server-name") is { } name)
                told["tls-server-name"] = name;
            if (cluster.IsTrue("insecure-skip-tls-verify"))
                told["insecure-skip-tls-verify"] = true;
            var authority =
                cluster.Data("certificate-authority-data")
                ?? (cluster.PathOf("certificate-authority") is { } file ? File.ReadAllBytes(file) : null);
            if (authority is not null)
                told["certificate-authority-data"] = Convert.ToBase64String(authority);
            if (cluster.Text("proxy-url") is { } proxy)
                told["proxy-url"] = proxy;
            var extension = cluster
                .Content.Member("extensions")
                .Items()
                .FirstOrDefault(static one => one.Text("name") == $"{Group}/exec");
            told["config"] = extension.Member("extension")?.DeepClone();
            spec["cluster"] = told;
        }
        return new JsonObject
        {
            ["kind"] = "ExecCredential",
            ["apiVersion"] = version,
            ["spec"] = spec,
        };
    }
}
