// SPDX-License-Identifier: Apache-2.0
using Lateen.Config.Decoding;
using Lateen.Config.Kinds.Extensions;
using Lateen.Config.Validation.Values;

namespace Lateen.Config.Validation.Extensions;

/// <summary>WasmPlugins and TrafficExtensions.</summary>
internal static class WasmValidator
{
    private static readonly string[] s_schemes = ["file", "http", "https", "oci"];

    public static void Check(WasmPlugin plugin, FieldPath at, ValidationScope scope)
    {
        LabelRules.CheckTargets(plugin.Selector, plugin.TargetRef, plugin.TargetRefs, at, scope);
        CheckModule(plugin.Url, plugin.Sha256, plugin.VmConfig, at, scope);
        if (plugin.Type == WasmPluginType.Network && plugin.Phase == ExtensionPhase.Authn)
            scope.NoEffect(at["phase"], "AUTHN is a phase of HTTP, and the plugin is for connections", "remove it");
    }

    public static void Check(TrafficExtension extension, FieldPath at, ValidationScope scope)
    {
        LabelRules.CheckTargets(extension.Selector, null, extension.TargetRefs, at, scope);
        if (extension.Wasm is { } wasm)
            CheckModule(wasm.Url, wasm.Sha256, wasm.VmConfig, at["wasm"], scope);
    }

    private static void CheckModule(string url, string sha256, WasmVm? vm, FieldPath at, ValidationScope scope)
    {
        // Without a scheme it is an image's name.
        if (url.Contains("://", StringComparison.Ordinal))
            Urls.Check(url, s_schemes, at["url"], scope);
        if (sha256.Length > 0 && (sha256.Length != 64 || !sha256.All(char.IsAsciiHexDigitLower)))
            scope.Bad(at["sha256"], "is no SHA-256", "write 64 hexadecimal digits, in lower case");
        if (vm is null)
            return;
        for (var i = 0; i < vm.Env.Count; i++)
        {
            if (vm.Env[i].ValueFrom == WasmValueSource.Host && vm.Env[i].Value.Length > 0)
                scope.Exclusive(
                    at["vmConfig"]["env"][i]["value"],
                    "stands beside valueFrom: HOST, which takes the proxy's own",
                    "keep one of them"
                );
        }
        Names.CheckUnique(vm.Env.Select(static variable => variable.Name), at["vmConfig"]["env"], "variable", scope);
    }
}
