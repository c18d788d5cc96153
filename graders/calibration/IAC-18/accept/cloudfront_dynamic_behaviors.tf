# why: none of the computed paths begins with /public/, so all are https-only
terraform {
  required_version = "~> 1.11.0"
  required_providers {
    aws = {
      source  = "hashicorp/aws"
      version = "~> 5.100"
    }
  }
  backend "s3" {
    bucket       = "acme-terraform-state"
    key          = "orders/production/terraform.tfstate"
    region       = "eu-central-1"
    encrypt      = true
    use_lockfile = true
  }
}

provider "aws" {
  region = "eu-central-1"
}

locals {
  certificate = "arn:aws:acm:us-east-1:123456789012:certificate/6f1c2d3e-4b5a-6978-8a9b-0c1d2e3f4a5b"
  cache       = "658327ea-f89d-4fab-a63d-7e88639e58f6"
  paths       = [for pair in setproduct(["static", "media"], ["v1", "v2"]) : "/${join("/", pair)}/*"]
}

resource "aws_cloudfront_distribution" "shop" {
  enabled = true
  aliases = ["shop.example.com"]

  origin {
    origin_id   = "api"
    domain_name = "api.example.com"
    custom_origin_config {
      http_port              = 80
      https_port             = 443
      origin_protocol_policy = "https-only"
      origin_ssl_protocols   = ["TLSv1.2"]
    }
  }

  default_cache_behavior {
    target_origin_id       = "api"
    viewer_protocol_policy = "redirect-to-https"
    allowed_methods        = ["GET", "HEAD"]
    cached_methods         = ["GET", "HEAD"]
    cache_policy_id        = local.cache
  }

  dynamic "ordered_cache_behavior" {
    for_each = local.paths
    iterator = path
    content {
      path_pattern           = path.value
      target_origin_id       = "api"
      viewer_protocol_policy = startswith(path.value, "/public/") ? "allow-all" : "https-only"
      allowed_methods        = ["GET", "HEAD"]
      cached_methods         = ["GET", "HEAD"]
      cache_policy_id        = local.cache
    }
  }

  restrictions {
    geo_restriction {
      restriction_type = "none"
    }
  }

  viewer_certificate {
    acm_certificate_arn      = local.certificate
    ssl_support_method       = "sni-only"
    minimum_protocol_version = coalesce(null, "TLSv1.2_2021")
  }
}
