// SPDX-License-Identifier: Apache-2.0
using System.Buffers;
using System.Text;
using System.Text.Json;
using Lateen.Proxy.Overload;

namespace Lateen.Proxy.Admin;

/// <summary><c>/runtime</c> and <c>/runtime_modify</c>, in Envoy's shape.</summary>
internal static class RuntimeValuesPage
{
    public static AdminResponse Write(RuntimeValues runtime)
    {
        var buffer = new ArrayBufferWriter<byte>();
        using (var json = new Utf8JsonWriter(buffer, new JsonWriterOptions { Indented = true }))
        {
            json.WriteStartObject();
            json.WriteStartArray("layers");
            json.WriteStringValue("static_layer");
            json.WriteStringValue("admin");
            json.WriteEndArray();
            json.WriteStartObject("entries");
            foreach (var (key, initial, admin) in runtime.Entries())
            {
                json.WriteStartObject(key);
                json.WriteStartArray("layer_values");
                json.WriteStringValue(initial);
                json.WriteStringValue(admin);
                json.WriteEndArray();
                json.WriteString("final_value", admin.Length > 0 ? admin : initial);
                json.WriteEndObject();
            }
            json.WriteEndObject();
            json.WriteEndObject();
        }
        return AdminResponse.Json(Encoding.UTF8.GetString(buffer.WrittenSpan) + "\n");
    }

    /// <summary>Sets the values of the query; all of them, or none when one of them would do nothing.</summary>
    public static AdminResponse Modify(RuntimeValues runtime, AdminRequest request)
    {
        if (!request.IsPost)
            return AdminResponse.PostRequired(request);
        if (request.Query.Count == 0)
            return AdminResponse.Text(
                "usage: /runtime_modify?key1=value1&key2=value2; an empty value takes one back\n",
                400
            );
        foreach (var (key, value) in request.Query)
        {
            if (!runtime.IsInUse(key))
                return AdminResponse.Text($"nothing goes by the key {key}\n", 400);
            if (value.Length > 0 && !RuntimeValues.IsNumber(value))
                return AdminResponse.Text($"{key}: \"{value}\" is no number\n", 400);
        }
        foreach (var (key, value) in request.Query)
            runtime.Modify(key, value);
        return AdminResponse.Text("OK\n");
    }
}
