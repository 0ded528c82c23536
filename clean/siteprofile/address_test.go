package siteprofile

import (
	"net/url"
	"testing"
)

func TestFormOf(t *testing.T) {
	for _, tt := range []struct{ url, form, outline string }{
		{"https://a.example/", "", ""},
		{"https://a.example", "", ""},
		{"https://a.example/politics/yard-lays-down-a-third-hull", "/politics/{slug}", "/{name}/{name}"},
		{"https://a.example/Politics/Yard-Lays-Down-A-Third-Hull.HTML", "/politics/{slug}.html", "/{name}/{name}.html"},
		{"https://a.example/2031/03/yard-lays-down-hull-20310", "/{year}/{nn}/{slug}-{number}", "/{year}/{nn}/{name}"},
		{"https://a.example/2031/03/07/hull/", "/{year}/{nn}/{nn}/{word}", "/{year}/{nn}/{nn}/{name}"},
		{"https://a.example/tag/hull", "/tag/{word}", "/{name}/{name}"},
		{"https://a.example/news/1187342", "/news/{number}", "/{name}/{number}"},
		{"https://a.example/news/12", "/news/{number}", "/{name}/{number}"},
		{"https://a.example/n/a8f3c1", "/n/{id}", "/{name}/{name}"},
		{"https://a.example/новости/верфь-заложила-третий-корпус", "/новости/{slug}", "/{name}/{name}"},
		{"https://a.example/nachrichten/werftlegtdendrittenrumpfauf", "/nachrichten/{slug}", "/{name}/{name}"},
		{"https://a.example/index.php?id=2877&d=4", "/index.php?d={number}&id={number}", "/{name}.php/?d={number}&id={number}"},
		{"https://a.example/?p=2877", "/{word}?p={number}", "/{name}/?p={number}"},
	} {
		u, err := url.Parse(tt.url)
		if err != nil {
			t.Fatal(err)
		}
		form := formOf(u)
		if outline := outlineOf(form); form != tt.form || outline != tt.outline {
			t.Errorf("%s: %q, %q, want %q, %q", tt.url, form, outline, tt.form, tt.outline)
		}
	}
}
